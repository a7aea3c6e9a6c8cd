# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(gdbserver)
overlay=second
expect() { port 2159/tcp gdbserver 'GNU gdbserver' -; }
start() { while :; do gdbserver --once 0.0.0.0:2159 /bin/true; sleep 1; done; }
