# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(pdns-recursor)
expect() { port 5306/udp domain 'PowerDNS Recursor' "$(v pdns-recursor)"; port 5306/tcp domain 'PowerDNS Recursor' "$(v pdns-recursor)"; }
start() { mkdir -p s; exec pdns_recursor --config-dir="$PWD" --local-port=5306 --local-address=0.0.0.0 --daemon=no --socket-dir="$PWD/s"; }
