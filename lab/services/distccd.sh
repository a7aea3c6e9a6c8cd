# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(distcc)
expect() { port 3632/tcp distccd 'distccd' "$(chroot "$LAB_ROOT" gcc -dumpfullversion 2>/dev/null || echo -)"; }
start() { exec distccd --daemon --no-detach --allow 0.0.0.0/0 --user distccd --log-stderr; }
