# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(varnish)
expect() { port 6081/tcp http 'Varnish http accelerator' "$(v varnish | cut -d. -f1,2)"; }
start() { exec varnishd -F -a :6081 -b 127.0.0.1:80 -n "$PWD/n"; }
