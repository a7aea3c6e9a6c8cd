# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(oidentd)
expect() { port 113/tcp ident - -; }
start() { exec oidentd -i -a 0.0.0.0; }
