# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(bzflag-server)
overlay=second
expect() { port 5154/tcp bzflag 'BZFlag' -; }
start() { exec /usr/games/bzfs -p 5154; }
