# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(postfix)
overlay=yes
expect() { port 2525/tcp smtp 'Postfix smtpd' -; }
start() { postconf -e 'smtputf8_enable=no' 'inet_protocols=ipv4' 'compatibility_level=3.6'; postconf -M '2525/inet=2525 inet n - n - - smtpd'; postconf -MX smtp/inet; exec /usr/lib/postfix/sbin/master -d -c /etc/postfix; }
