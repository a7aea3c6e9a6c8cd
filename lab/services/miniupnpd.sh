# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(miniupnpd-nftables)
expect() { port 1900/udp upnp MiniUPnP "$(v miniupnpd-nftables)"; port 8022/tcp upnp MiniUPnP "$(v miniupnpd-nftables)"; }
start() { printf 'ext_ifname=lo\next_ip=8.8.4.4\nlistening_ip='"$DEV"'\nhttp_port=8022\nuuid=00000000-0000-0000-0000-000000007768\nsystem_uptime=yes\nallow 1024-65535 0.0.0.0/0 1024-65535\n' >m.conf; exec miniupnpd -d -f "$PWD/m.conf" -P "$PWD/p"; }
