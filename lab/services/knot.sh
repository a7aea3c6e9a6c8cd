# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(knot)
expect() { port 5303/udp domain 'Knot DNS' "$(v knot)"; port 5303/tcp domain 'Knot DNS' "$(v knot)"; }
start() { mkdir -p d; printf 'server:\n    listen: 0.0.0.0@5303\n    rundir: /lab/knot/d\ndatabase:\n    storage: /lab/knot/d\n' >k.conf; exec knotd -c k.conf; }
