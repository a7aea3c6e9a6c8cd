# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(znc)
overlay=second
expect() { port 6673/tcp http ZNC "$(vd znc | sed s/-/+deb/)"; }
start() { mkdir -p configs; printf 'Version = 1.8.2\n<Listener l>\n Port = 6673\n IPv4 = true\n IPv6 = false\n SSL = false\n</Listener>\n<User u>\n Admin = true\n Pass = plain#x\n</User>\n' >configs/znc.conf; exec znc -f -r -d $PWD; }
