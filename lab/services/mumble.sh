# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mumble-server)
expect() { port 64738/udp murmur Murmur "$(v mumble-server)"; }
start() { printf 'database=/lab/mumble/m.sqlite\nport=64738\n' >m.ini; chmod 777 .; exec murmurd -fg -ini "$PWD/m.ini"; }
