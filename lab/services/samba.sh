# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(samba)
expect() { port 139/tcp netbios-ssn 'Samba smbd' -; port 445/tcp netbios-ssn 'Samba smbd' -; port 137/udp netbios-ns 'Samba nmbd netbios-ns' -; }
start() {
    mkdir -p /run/samba
    nmbd -F --no-process-group &
    exec smbd -F --no-process-group
}
