# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(qbittorrent-nox)
overlay=second
expect() { port 8042/tcp http 'qBittorrent WebUI' -; }
start() { export HOME=$PWD; yes | exec qbittorrent-nox --webui-port=8042 --profile=$PWD; }
