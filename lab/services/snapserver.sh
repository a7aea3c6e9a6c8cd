# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(snapserver)
overlay=second
expect() { port 1780/tcp http 'Snapcast server|Snapserver' -; port 1705/tcp snapcast 'Snapcast server|Snapserver' "$(v snapserver)"; }
start() { mkfifo f; exec snapserver --server.datadir=$PWD -s 'pipe:///lab/snapserver/f?name=x'; }
