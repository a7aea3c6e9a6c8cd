# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(ircd-hybrid)
overlay=yes
expect() { port 6669/tcp irc ircd-hybrid -; }
start() { mkdir -p /run/ircd; chown -R irc . /run/ircd; sed 's/host = "127.0.0.1"/host = "0.0.0.0"/; s/port = 6665 .. 6669/port = 6669/; s/port = [0-9, ]*6667[^;]*;/port = 6669;/' /etc/ircd-hybrid/ircd.conf >i.conf; exec su irc -s /bin/sh -c "ircd-hybrid -foreground -configfile $PWD/i.conf -pidfile $PWD/p"; }
