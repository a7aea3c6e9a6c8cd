# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(php8.2-fpm)
expect() { port 9000/tcp fastcgi FastCGI -; }
start() { printf '[global]\nerror_log=/dev/stderr\n[www]\nuser=nobody\nlisten=0.0.0.0:9000\npm=static\npm.max_children=2\n' >f.conf; exec php-fpm8.2 -F -y f.conf; }
