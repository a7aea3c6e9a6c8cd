# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(inetutils-telnetd)
overlay=second
expect() { port 23/tcp telnet 'GNU inetutils telnetd' -; }
start() { exec python3 /lab/inetd.py 23 /usr/sbin/telnetd; }
