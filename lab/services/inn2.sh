# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(inn2)
overlay=second
expect() { port 119/tcp nntp InterNetNews -; }
start() { mkdir -p /run/news; chown -R news /run/news; [ -s /var/lib/news/active ] || { cp /usr/share/doc/inn2/examples/active /var/lib/news/ 2>/dev/null; }; exec su news -s /bin/sh -c '/usr/lib/news/bin/innd -f -p 119 || /usr/lib/news/bin/rc.news'; }
