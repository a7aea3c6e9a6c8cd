# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(pgbouncer)
expect() { port 6432/tcp postgresql PgBouncer -; }
start() { printf '[databases]\n* = host=127.0.0.1\n[pgbouncer]\nlisten_addr=*\nlisten_port=6432\nauth_type=trust\nauth_file=u\nunix_socket_dir=\n' >p.ini; : >u; chmod 777 .; exec pgbouncer -u nobody p.ini; }
