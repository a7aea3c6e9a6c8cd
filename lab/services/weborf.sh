# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(weborf)
overlay=second
expect() { port 8048/tcp http Weborf "$(v weborf)"; }
start() { exec weborf -b /srv -p 8048 -u 0; }
