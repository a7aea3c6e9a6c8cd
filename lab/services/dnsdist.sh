# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(dnsdist)
expect() { port 5309/udp domain - -; }
start() { printf 'setLocal("0.0.0.0:5309")\nnewServer("10.93.0.2:5302")\nsetACL("0.0.0.0/0")\n' >d.conf; exec dnsdist --supervised -C d.conf --uid root --gid root; }
