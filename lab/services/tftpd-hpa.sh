# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tftpd-hpa)
expect() { port 69/udp tftp 'tftpd-hpa' -; }
start() { mkdir -p /srv/tftp; exec in.tftpd --foreground -4 --address :69 -s /srv/tftp; }
