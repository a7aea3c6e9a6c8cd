# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(lighttpd)
expect() { port 8002/tcp http lighttpd "$(v lighttpd)"; }
start() {
    sed 's/^server.port.*/server.port = 8002/' /etc/lighttpd/lighttpd.conf | grep -v ipv6 >l.conf
    exec lighttpd -D -f l.conf
}
