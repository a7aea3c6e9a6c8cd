# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(netdata-core)
expect() { port 19999/tcp http Netdata "$(v netdata-core)"; }
start() { printf '[global]\nrun as user=root\nbind to=0.0.0.0\n' >n.conf; exec netdata -D -c n.conf; }
