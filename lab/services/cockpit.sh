# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(cockpit-ws)
expect() { port 9098/tcp http 'Cockpit web service' -; }
start() { exec /usr/lib/cockpit/cockpit-ws --no-tls --port 9098; }
