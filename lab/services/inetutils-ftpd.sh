# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(inetutils-ftpd python3-minimal)
overlay=yes
expect() { port 2124/tcp ftp 'GNU inetutils ftpd' "$(v inetutils-ftpd)"; }
start() { exec python3 /lab/inetd.py 2124 /usr/sbin/ftpd; }
