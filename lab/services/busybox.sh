# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(busybox-static)
overlay=second
expect() { port 8046/tcp http 'BusyBox httpd' -; }
start() { (python3 /lab/inetd.py 2125 /bin/busybox ftpd /srv &) ; exec /bin/busybox httpd -f -p 8046 -h /srv; }
