# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(vsftpd)
expect() { port 21/tcp ftp vsftpd "$(v vsftpd)"; }
start() { mkdir -p /run/vsftpd/empty; exec vsftpd /etc/vsftpd.conf -obackground=NO; }
