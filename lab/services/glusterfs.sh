# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(glusterfs-server)
overlay=second
expect() { port 24007/tcp rpcbind - -; }
start() { exec glusterd -N; }
