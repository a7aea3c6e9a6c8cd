# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(opensmtpd)
overlay=yes
expect() { port 2526/tcp smtp OpenSMTPD -; }
start() { printf 'listen on 0.0.0.0 port 2526\naction a relay\nmatch for any action a\n' >s.conf; exec smtpd -F -f "$PWD/s.conf"; }
