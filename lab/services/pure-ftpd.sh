# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(pure-ftpd)
overlay=yes
expect() { port 2122/tcp ftp Pure-FTPd -; }
start() { exec pure-ftpd -S 2122; }
