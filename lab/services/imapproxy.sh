# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(imapproxy)
overlay=second
expect() { port 1144/tcp imap 'imapproxy|SquirrelMail|up-imapproxy|Dovecot' -; }
start() { sed 's/^server_hostname.*/server_hostname 127.0.0.1/; s/^listen_port.*/listen_port 1144/; s/^foreground_mode.*/foreground_mode yes/' /etc/imapproxy.conf >i.conf; mkdir -p /var/lib/imapproxy; exec imapproxyd -f i.conf -p p; }
