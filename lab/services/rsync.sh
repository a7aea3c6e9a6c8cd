# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(rsync)
expect() { port 873/tcp rsync rsync -; }
start() { printf 'use chroot = no\n[pub]\npath=/tmp\n' >r.conf; exec rsync --daemon --no-detach --config=r.conf; }
