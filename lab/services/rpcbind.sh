# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(rpcbind)
expect() { port 111/tcp rpcbind - -; port 111/udp rpcbind - -; }
start() { mkdir -p /run/rpcbind; exec rpcbind -f; }
