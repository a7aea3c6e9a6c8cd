# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(bitlbee)
expect() { port 6671/tcp irc BitlBee "$(vd bitlbee | sed 's/+.*//')"; }
start() { exec bitlbee -F -n -i 0.0.0.0 -p 6671 -d "$PWD" -u root; }
