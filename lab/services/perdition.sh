# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(perdition)
overlay=second
expect() { port 1145/tcp imap Perdition -; port 1110/tcp pop3 Perdition -; }
start() { (perdition.pop3 --no_daemon -P POP3 -l 1110 -s 127.0.0.1 --map_library '' -f /dev/null &) ; exec perdition.imap4 --no_daemon -P IMAP4 -l 1145 -s 127.0.0.1 --map_library '' -f /dev/null; }
