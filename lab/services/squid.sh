# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(squid)
expect() { port 3128/tcp http-proxy 'Squid http proxy' "$(v squid)"; }
start() { mkdir -p /run/squid; sed 's/^http_port.*/http_port 0.0.0.0:3128/' /etc/squid/squid.conf >s.conf; exec squid -N -f s.conf; }
