# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(transmission-daemon)
expect() { port 9091/tcp http 'Transmission BitTorrent management httpd' -; }
start() { exec transmission-daemon -f -g "$PWD/g" -a '*.*.*.*' -T; }
