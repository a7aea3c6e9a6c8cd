# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(zabbix-proxy-sqlite3)
overlay=second
expect() { port 10051/tcp zabbix-trapper 'Zabbix server or proxy' -; }
start() { mkdir -p /run/zabbix; chown zabbix /run/zabbix .; printf 'Server=10.93.0.1\nHostname=p\nDBName=%s/z.db\nLogType=console\nFpingLocation=/usr/bin/fping\n' $PWD >z.conf; exec zabbix_proxy -f -c $PWD/z.conf; }
