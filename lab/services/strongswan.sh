# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(strongswan-charon)
expect() { port 500/udp isakmp - -; }
start() { mkdir -p /run; printf 'config setup\nconn a\n left=10.93.0.2\n right=%%any\n leftauth=psk\n rightauth=psk\n keyexchange=ike\n auto=add\n' >/etc/ipsec.conf; echo ': PSK "labsecret"' >/etc/ipsec.secrets; (sleep 4; ipsec stroke add a; /usr/lib/ipsec/stroke add a a 10.93.0.2 0.0.0.0 ) & exec /usr/lib/ipsec/charon; }
