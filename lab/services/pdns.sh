# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(pdns-server pdns-backend-bind)
expect() { port 5305/udp domain 'PowerDNS Authoritative Server' "$(v pdns-server)"; port 5305/tcp domain 'PowerDNS Authoritative Server' "$(v pdns-server)"; }
start() { : >b.conf; mkdir -p /run/pdns s; exec pdns_server --config-dir="$PWD" --launch=bind --bind-config="$PWD/b.conf" --local-port=5305 --local-address=0.0.0.0 --daemon=no --guardian=no --socket-dir="$PWD/s"; }
