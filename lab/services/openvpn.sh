# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(openvpn)
expect() { port 1194/udp openvpn OpenVPN -; port 1194/tcp openvpn OpenVPN -; }
start() {
    cert lab.pem
    openssl dhparam -dsaparam -out dh.pem 1024 2>/dev/null
    for p in "1194 udp" "1194 tcp-server"; do set -- $p
    openvpn --dev tun --ifconfig-noexec --mode server --tls-server --port "$1" --proto "$2" --ca lab.pem.crt --cert lab.pem.crt --key lab.pem.key --dh none --keepalive 10 60 & done; wait
}
