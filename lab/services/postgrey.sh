# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(postgrey)
overlay=second
expect() { port 10023/tcp policy Postgrey "$(v postgrey)"; }
start() { chown postgrey .; exec postgrey --inet=0.0.0.0:10023 --dbdir=$PWD --user=postgrey; }
