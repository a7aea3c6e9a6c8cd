# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(trafficserver)
expect() { port 8023/tcp http 'Apache Traffic Server' "$(v trafficserver)"; }
start() { mkdir -p /run/trafficserver; chown trafficserver /run/trafficserver; exec traffic_server --httpport 8023; }
