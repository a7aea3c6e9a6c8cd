# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(dictd)
expect() { port 2628/tcp dict dictd "$(v dictd)"; }
start() { printf 'global {\n listen_to 0.0.0.0\n}\naccess { allow * }\n' >d.conf; exec dictd -d nodetach -c d.conf; }
