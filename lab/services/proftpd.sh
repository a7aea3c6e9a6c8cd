# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(proftpd-core)
overlay=yes
expect() { port 2121/tcp ftp ProFTPD -; }
start() { sed 's/^Port.*/Port 2121/' /etc/proftpd/proftpd.conf >p.conf; mkdir -p /run/proftpd; exec proftpd -n -c "$PWD/p.conf"; }
