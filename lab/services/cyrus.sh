# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(cyrus-imapd cyrus-pop3d)
overlay=yes
expect() { port 2143/tcp imap 'Cyrus imapd' "$(v cyrus-imapd)"; port 2110/tcp pop3 'Cyrus pop3d' "$(v cyrus-imapd)"; }
start() { mkdir -p /run/cyrus/socket /run/cyrus/lock /run/cyrus/proc; chown -R cyrus /run/cyrus; printf 'START {\n recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r"\n}\nSERVICES {\n imap cmd="imapd -U 30" listen="2143" prefork=0\n pop3 cmd="pop3d -U 30" listen="2110" prefork=0\n}\nEVENTS {\n}\n' >c.conf; exec cyrmaster -M "$PWD/c.conf"; }
