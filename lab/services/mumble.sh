# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mumble-server)
expect() { port 64738/udp mumble 'Mumble server' -; }
start() { printf 'database=/lab/mumble/m.sqlite\nport=64738\n' >m.ini; chmod 777 .; exec murmurd -fg -ini "$PWD/m.ini"; }
