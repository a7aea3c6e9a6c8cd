# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(coturn)
expect() { port 3478/udp stun Coturn "$(v coturn)"; port 3478/tcp stun Coturn "$(v coturn)"; }
start() { exec turnserver -c /etc/turnserver.conf --log-file=stdout --listening-ip=10.93.0.2 --no-cli; }
