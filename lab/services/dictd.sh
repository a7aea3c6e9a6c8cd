# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(dictd)
expect() { port 2628/tcp dict dictd -; }
start() { exec dictd -d nodetach --listen-to 0.0.0.0; }
