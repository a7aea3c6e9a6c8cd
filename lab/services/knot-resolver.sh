# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(knot-resolver)
expect() { port 5307/udp domain - -; }
start() { printf 'net.listen("0.0.0.0", 5307)\ncache.storage = "lmdb:///lab/knot-resolver/c"\ntrust_anchors.remove(".")\n' >k.conf; exec kresd -n -c k.conf; }
