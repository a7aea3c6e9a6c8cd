# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(chrony)
expect() { port 123/udp ntp - -; port 323/udp chrony chronyd -; }
start() { printf 'local stratum 8\nallow 0/0\ncmdallow 0/0\nbindcmdaddress 0.0.0.0\n' >c.conf; mkdir -p /run/chrony; exec chronyd -x -d -f "$PWD/c.conf"; }
