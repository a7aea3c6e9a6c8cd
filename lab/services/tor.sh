# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tor)
expect() { port 9050/tcp socks5 'Tor SOCKS proxy' -; port 9051/tcp tor-control 'Tor control port' "$(vd tor | sed 's/-.*//')"; }
start() { : >t; exec tor -f t --DataDirectory "$PWD/d" --SocksPort 0.0.0.0:9050 --ControlPort 0.0.0.0:9051 --HashedControlPassword 16:872860B76453A77D60CA2BB8C1A7042072093276A3D701AD684053EC4C; }
