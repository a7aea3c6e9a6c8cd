# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(transmission-daemon)
expect() { port 9091/tcp http 'Transmission BitTorrent management httpd' -; port 51413/tcp bittorrent - -; }
start() { exec transmission-daemon -f -g "$PWD/g" -a '*.*.*.*' -T; }
