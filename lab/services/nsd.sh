# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nsd)
expect() { port 5304/udp domain 'NLnet Labs NSD' "$(v nsd)"; port 5304/tcp domain 'NLnet Labs NSD' "$(v nsd)"; }
start() { printf 'server:\n  port: 5304\n  ip-address: 0.0.0.0\n  zonesdir: /lab/nsd\n  database: ""\n  xfrdfile: /lab/nsd/x\n  pidfile: ""\n  username: root\n  hide-version: no\nremote-control:\n  control-enable: no\n' >n.conf; exec nsd -d -c n.conf; }
