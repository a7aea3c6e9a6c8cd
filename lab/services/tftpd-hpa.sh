# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tftpd-hpa)
overlay=yes
expect() { port 69/udp tftp - -; }
start() { mkdir -p /srv/tftp; exec /usr/sbin/in.tftpd -l -4 -a 0.0.0.0:69 -s /srv/tftp; }
