# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(redis-server)
expect() {
    port 6379/tcp redis 'Redis key-value store' "$(v redis-server)"
    port 6380/tcp redis 'Redis key-value store' -; port 6381/tcp redis 'Redis key-value store' -
    port 26379/tcp redis 'Redis Sentinel' "$(v redis-server)"
}
start() {
    redis-server --port 6380 --dir "$PWD" --protected-mode yes &
    redis-server --port 6381 --dir "$PWD" --requirepass secret &
    echo 'port 26379' >s.conf; redis-server s.conf --sentinel --protected-mode no &
    exec redis-server --port 6379 --dir "$PWD" --protected-mode no
}
