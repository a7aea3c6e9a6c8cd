# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(libvirt-daemon)
expect() { port 16509/tcp libvirt-rpc libvirtd -; }
start() { printf 'listen_tls = 0\nlisten_tcp = 1\nauth_tcp = "none"\nauth_unix_rw="none"\nunix_sock_group="root"\n' >l.conf; mkdir -p /run/libvirt; useradd -r libvirt-qemu 2>/dev/null; groupadd -r kvm 2>/dev/null; exec libvirtd -l -f l.conf; }
