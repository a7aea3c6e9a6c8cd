# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(python3-pyftpdlib)
expect() { port 2123/tcp ftp pyftpdlib "$(v python3-pyftpdlib)"; }
start() { exec python3 -m pyftpdlib -p 2123; }
