# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(icinga2-bin icinga2-common)
overlay=second
expect() { port 5665/tcp ssl/http 'Icinga 2 API' "$(v icinga2-bin)-1"; }
start() { icinga2 api setup; mkdir -p /run/icinga2; chown -R nagios /run/icinga2 /var/lib/icinga2 /var/log/icinga2 /var/cache/icinga2; exec icinga2 daemon; }
