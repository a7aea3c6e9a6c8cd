# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tinyproxy-bin)
expect() { port 8888/tcp http-proxy tinyproxy "$(v tinyproxy-bin)"; }
start() { printf 'Port 8888\nTimeout 600\nMaxClients 100\nAllow 10.0.0.0/8\nDefaultErrorFile "/usr/share/tinyproxy/default.html"\nStatFile "/usr/share/tinyproxy/stats.html"\nViaProxyName "tinyproxy"\n' >t.conf; exec tinyproxy -d -c t.conf; }
