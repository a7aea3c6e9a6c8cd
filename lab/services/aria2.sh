# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(aria2)
expect() { port 6800/tcp http 'aria2 RPC' "$(v aria2)"; }
start() { exec aria2c --enable-rpc --rpc-listen-all --rpc-listen-port=6800; }
