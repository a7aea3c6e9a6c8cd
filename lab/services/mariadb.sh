# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(mariadb-server)
expect() { port 3306/tcp mysql MariaDB -; port 3307/tcp mysql MariaDB "$(v mariadb-server)"; }
start() {
    mkdir -p /run/mysqld; chown mysql /run/mysqld .
    mysql_install_db --no-defaults --user=mysql --datadir=/lab/mariadb/data >/dev/null
    cp -a data data2
    mariadbd --no-defaults --user=mysql --datadir=/lab/mariadb/data2 --port=3307 --socket=/lab/mariadb/s2 --skip-grant-tables --skip-networking=0 &
    exec mariadbd --no-defaults --user=mysql --datadir=/lab/mariadb/data --port=3306 --socket=/lab/mariadb/s
}
