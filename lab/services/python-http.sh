# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(python3)
expect() { port 8006/tcp http SimpleHTTPServer 0.6; }
start() { exec python3 -m http.server 8006; }
