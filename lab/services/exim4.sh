# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(exim4-daemon-light)
expect() { port 25/tcp smtp 'Exim smtpd' "$(v exim4-daemon-light)"; }
start() { mkdir -p /run/exim4; chown Debian-exim /run/exim4; exec exim4 -bd -oX 10.93.0.2.25 -oP /run/exim4/lab.pid -bdf; }
