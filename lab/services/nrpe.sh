# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nagios-nrpe-server)
expect() { port 5666/tcp ssl/nrpe 'Nagios NRPE' "$(v nagios-nrpe-server)"; port 5667/tcp nrpe 'Nagios NRPE' "$(v nagios-nrpe-server)"; }
start() { printf 'allowed_hosts=10.93.0.1\nserver_port=5666\n' >n.cfg; printf 'allowed_hosts=10.93.0.1\nserver_port=5667\n' >n2.cfg; nrpe -f -n -c n2.cfg & exec nrpe -f -c n.cfg; }
