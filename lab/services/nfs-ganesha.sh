# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nfs-ganesha nfs-ganesha-vfs)
expect() { port 2049/tcp rpcbind - -; }
start() { mkdir -p /run/ganesha; printf 'NFS_CORE_PARAM { Protocols = 4; }\nEXPORT { Export_Id=1; Path=/lab; Pseudo=/lab; FSAL { Name=VFS; } }\n' >g.conf; exec ganesha.nfsd -F -f "$PWD/g.conf" -L STDERR -p "$PWD/pid"; }
