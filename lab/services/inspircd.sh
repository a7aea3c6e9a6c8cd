# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(inspircd)
expect() { port 6668/tcp irc InspIRCd 3; }
start() { mkdir -p /run/inspircd; sed 's/127.0.0.1/10.93.0.2/; s/port="6667"/port="6668"/' /etc/inspircd/inspircd.conf >i.conf; chown -R irc . /run/inspircd /var/log/inspircd* 2>/dev/null; exec su irc -s /bin/sh -c "inspircd --nofork --config=$PWD/i.conf"; }
