# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(distcc gcc)
expect() { port 3632/tcp distccd distccd v1; }
start() { exec distccd --daemon --no-detach --allow 0.0.0.0/0 --user distccd --log-stderr --enable-tcp-insecure; }
