# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(frr)
expect() { port 2601/tcp vtelnet 'FRRouting vty' "$(v frr)"; port 179/tcp bgp - -; port 2605/tcp vtelnet 'FRRouting vty' "$(v frr)"; }
start() {
    printf 'password lab\n' >/etc/frr/zebra.conf; printf 'password lab\nrouter bgp 64999\n neighbor 10.93.0.1 remote-as 23456\n' >/etc/frr/bgpd.conf
    mkdir -p /run/frr; chown -R frr /run/frr /etc/frr
    rm -f /etc/frr/frr.conf /etc/frr/vtysh.conf; /usr/lib/frr/zebra -f /etc/frr/zebra.conf -A 0.0.0.0 &
    sleep 2; exec /usr/lib/frr/bgpd -f /etc/frr/bgpd.conf -A 0.0.0.0
}
