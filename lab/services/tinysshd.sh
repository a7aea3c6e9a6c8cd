# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tinysshd netcat-openbsd)
expect() { port 2223/tcp ssh TinySSH "$(v tinysshd)"; }
start() { tinysshd-makekey keys; exec python3 /lab/inetd.py 2223 /usr/sbin/tinysshd /lab/tinysshd/keys; }
