# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nats-server)
expect() { port 4222/tcp nats 'NATS server' "$(v nats-server)"; port 8222/tcp http 'NATS server monitoring' "$(v nats-server)"; }
start() { exec nats-server -m 8222; }
