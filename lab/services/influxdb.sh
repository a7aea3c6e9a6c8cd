# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(influxdb)
expect() { port 8086/tcp http 'InfluxDB http admin' "$(v influxdb)"; }
start() { printf '[meta]\ndir="/lab/influxdb/m"\n[data]\ndir="/lab/influxdb/d"\nwal-dir="/lab/influxdb/w"\n' >i.conf; exec influxd -config i.conf; }
