# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(ganglia-monitor gmetad)
overlay=second
expect() { port 8649/tcp ganglia 'Ganglia|ganglia' "$(v ganglia-monitor)"; }
start() { mkdir -p /var/lib/ganglia/rrds; (gmond -f -c /etc/ganglia/gmond.conf &) ; exec gmetad -d 1; }
