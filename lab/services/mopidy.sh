# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mopidy)
overlay=second
expect() { port 6680/tcp http 'Mopidy' -; }
start() { export HOME=$PWD; exec mopidy -o http/hostname=0.0.0.0; }
