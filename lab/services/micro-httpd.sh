# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(micro-httpd)
expect() { port 8015/tcp http 'micro_httpd' -; }
start() { echo hi >index.html; sleep 1; exec python3 /lab/inetd.py 8015 /usr/sbin/micro-httpd "$PWD"; }
