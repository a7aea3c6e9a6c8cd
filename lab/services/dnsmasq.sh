# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(dnsmasq-base)
expect() { port 5300/tcp domain dnsmasq "$(v dnsmasq-base)"; port 5300/udp domain dnsmasq "$(v dnsmasq-base)"; }
start() { exec dnsmasq -d -p 5300 -C /dev/null; }
