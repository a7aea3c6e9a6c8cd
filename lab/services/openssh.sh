# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(openssh-server)
expect() { port 22/tcp ssh OpenSSH "$(vd openssh-server | sed 's/^1://; s/-\(.*\)/ Debian \1/')"; }
start() { mkdir -p /run/sshd; exec /usr/sbin/sshd -D; }
