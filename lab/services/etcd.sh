# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(etcd-server)
expect() { port 2379/tcp http etcd "$(v etcd-server)"; }
start() { exec etcd --data-dir "$PWD/d" --listen-client-urls http://0.0.0.0:2379 --advertise-client-urls http://10.93.0.2:2379; }
