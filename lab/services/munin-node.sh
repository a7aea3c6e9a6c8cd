# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(munin-node)
expect() { port 4949/tcp munin 'Munin node' "$(v munin-node)"; }
start() { mkdir -p /run/munin; sed 's/^allow .*/allow ^.*$/; s/^setsid.*/setsid 0/; s/^background.*/background 0/' /etc/munin/munin-node.conf >m.conf; exec munin-node --config "$PWD/m.conf" --foreground; }
