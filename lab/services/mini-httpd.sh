# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mini-httpd)
expect() { port 8013/tcp http 'mini_httpd' "$(v mini-httpd)"; }
start() { echo hi >index.html; exec mini_httpd -D -p 8013 -d "$PWD" -u nobody; }
