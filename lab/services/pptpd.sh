# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(pptpd)
overlay=second
expect() { port 1723/tcp pptp pptpd -; }
start() { printf 'option /etc/ppp/pptpd-options\nlocalip 192.168.0.1\nremoteip 192.168.0.234-238\n' >p.conf; exec pptpd -f -c p.conf; }
