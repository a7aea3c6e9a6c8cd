# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(courier-imap)
overlay=yes
expect() { port 1143/tcp imap 'Courier imapd' -; }
start() {
    mkdir -p Maildir
    set -a
    . /etc/courier/imapd
    exec /usr/sbin/couriertcpd -address=0 -nodnslookup -noidentlookup 1143 /usr/lib/courier/courier/imaplogin /usr/lib/courier/courier/courierimapd Maildir
}
