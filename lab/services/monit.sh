# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(monit)
expect() { port 2812/tcp http 'Monit httpd' "$(v monit)"; }
start() { printf 'set daemon 60\nset httpd port 2812 allow 0.0.0.0/0.0.0.0\n' >m.conf; chmod 600 m.conf; exec monit -I -c m.conf; }
