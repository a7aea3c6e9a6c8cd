# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nut-server)
expect() { port 3493/tcp nut 'Network UPS Tools upsd' "$(v nut-server)"; }
start() {
    printf '[dummy]\ndriver = dummy-ups\nport = x.dev\n' >ups.conf; echo 'ups.status: OL' >x.dev; echo 'LISTEN 0.0.0.0 3493' >upsd.conf; : >upsd.users
    mkdir -p /run/nut; chmod 777 /run/nut .; echo MODE=standalone | tee nut.conf >/etc/nut/nut.conf; export NUT_CONFPATH=$PWD
    exec upsd -D -u root
}
