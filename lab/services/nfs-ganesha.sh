# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nfs-ganesha nfs-ganesha-vfs)
overlay=second
expect() { port 2049/tcp nfs - -; }
start() { mkdir -p /run/ganesha; (rpcbind -f &) ; sleep 1; exec ganesha.nfsd -F -L /dev/stdout -f /etc/ganesha/ganesha.conf; }
