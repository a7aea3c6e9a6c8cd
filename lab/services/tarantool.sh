# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tarantool)
expect() { port 3301/tcp tarantool Tarantool "$(v tarantool)"; }
start() { echo 'box.cfg{listen="0.0.0.0:3301", memtx_memory=33554432}' >t.lua; exec tarantool t.lua; }
