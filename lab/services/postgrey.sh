# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(postgrey)
expect() { port 10023/tcp policy - -; }
start() { exec postgrey --inet=0.0.0.0:10023 --dbdir="$PWD" --user=root --group=root; }
