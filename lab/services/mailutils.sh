# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mailutils-imap4d mailutils-pop3d)
overlay=second
expect() { port 1146/tcp imap 'GNU Mailutils imap4d' -; port 1111/tcp pop3 'GNU Mailutils pop3d' -; }
start() { (python3 /lab/inetd.py 1146 /usr/sbin/imap4d --inetd &) ; exec python3 /lab/inetd.py 1111 /usr/sbin/pop3d --inetd; }
