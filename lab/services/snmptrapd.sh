# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(snmptrapd rsyslog)
overlay=second
expect() { port 162/udp snmp net-snmp -; }
start() { exec snmptrapd -f -Lo -c /dev/null; }
