# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(snmpd)
expect() { port 161/udp snmp net-snmp -; port 199/tcp smux 'net-snmp' -; port 1161/udp snmp net-snmp -; }
start() {
    printf 'agentaddress udp:1161\nrouser nobody\n' >b.conf
    snmpd -f -Lo -C -c b.conf -x tcp:127.0.0.1:7055 -I -smux &
    sed 's/^agentaddress.*/agentaddress udp:161/' /etc/snmp/snmpd.conf >s.conf; echo 'smuxsocket 0.0.0.0' >>s.conf
    exec snmpd -f -Lo -C -c s.conf
}
