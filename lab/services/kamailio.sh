# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(kamailio)
expect() { port 5060/udp sip Kamailio "$(v kamailio)"; port 5060/tcp sip Kamailio "$(v kamailio)"; }
start() { mkdir -p /run/kamailio; sed 's/^#*listen=.*//' /etc/kamailio/kamailio.cfg >k.cfg; exec kamailio -DD -E -f k.cfg -l udp:10.93.0.2:5060 -l tcp:10.93.0.2:5060 -Y /run/kamailio -m 64 -M 8 -n 2; }
