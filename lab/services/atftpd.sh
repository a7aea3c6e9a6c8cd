# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(atftpd)
expect() { port 6969/udp tftp - -; }
start() { exec atftpd --daemon --no-fork --port 6969 --user nobody.nogroup /srv; }
