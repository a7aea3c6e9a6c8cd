# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(dante-server)
expect() { port 1080/tcp socks5 - -; }
start() { printf 'internal: 10.93.0.2 port = 1080\nexternal: 10.93.0.2\nclientmethod: none\nsocksmethod: none\nclient pass { from: 0/0 to: 0/0 }\nsocks pass { from: 0/0 to: 0/0 }\n' >d.conf; exec danted -f d.conf; }
