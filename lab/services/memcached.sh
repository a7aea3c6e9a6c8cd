# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(memcached)
expect() { port 11211/tcp memcached Memcached "$(v memcached)"; port 11211/udp memcached Memcached "$(v memcached)"; }
start() { exec memcached -u memcache -U 11211; }
