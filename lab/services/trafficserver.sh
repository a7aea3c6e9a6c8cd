# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(trafficserver)
expect() { port 8023/tcp http 'Apache Traffic Server' "$(chroot "$tree" traffic_server -V 2>/dev/null | sed -n 's/.*traffic_server - \([0-9.]*\).*/\1/p')"; }
start() { mkdir -p /run/trafficserver; chown trafficserver /run/trafficserver; exec traffic_server --httpport 8023; }
