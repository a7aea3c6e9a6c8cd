# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(deluge-web deluged)
expect() { port 8112/tcp http 'Deluge web UI' "$(v deluge-web)"; }
start() { exec deluge-web -d -c "$PWD" -i 0.0.0.0; }
