# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(uhub)
expect() { port 1511/tcp adc uhub "$(v uhub)"; }
start() { printf "server_port=1511\nserver_bind_addr=any\nfile_acl=/etc/uhub/users.conf\n" >u.conf; exec uhub -c u.conf; }
