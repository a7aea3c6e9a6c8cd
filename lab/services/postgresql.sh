# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(postgresql)
expect() { port 5432/tcp postgresql 'PostgreSQL DB' '14 or later'; }
start() {
    d=/var/lib/postgresql/15/main
    mkdir -p /run/postgresql; chown postgres /run/postgresql
    sed -i "s/^#*listen_addresses.*/listen_addresses = '*'/" /etc/postgresql/15/main/postgresql.conf
    exec su postgres -s /bin/sh -c "/usr/lib/postgresql/15/bin/postgres -D $d -c config_file=/etc/postgresql/15/main/postgresql.conf"
}
