# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(microsocks)
expect() { port 1081/tcp socks5 - -; }
start() { exec microsocks -p 1081; }
