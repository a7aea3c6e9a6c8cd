# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nagios-nrpe-server)
expect() { port 5666/tcp ssl/nrpe 'Nagios NRPE' "$(v nagios-nrpe-server)"; }
start() { sed 's/^allowed_hosts.*/allowed_hosts=10.93.0.1/; s/^include.*//; s/^pid_file.*//' /etc/nagios/nrpe.cfg >n.cfg; sed 's/^server_port.*/server_port=5667/' n.cfg >n2.cfg; nrpe -f -n -c n2.cfg & exec nrpe -f -c n.cfg; }
