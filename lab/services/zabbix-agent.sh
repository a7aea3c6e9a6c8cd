# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(zabbix-agent)
expect() { port 10050/tcp zabbix-agent 'Zabbix agent' "$(v zabbix-agent)"; }
start() { printf 'Server=10.0.0.0/8\nLogType=console\nAllowRoot=1\n' >z.conf; exec zabbix_agentd -f -c "$PWD/z.conf"; }
