# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(i2pd)
overlay=second
expect() { port 7070/tcp http 'i2pd webconsole' "$(v i2pd)"; port 4444/tcp http-proxy 'i2pd' -; port 4447/tcp socks5 - -; }
start() { exec i2pd --datadir=$PWD --http.address=0.0.0.0 --httpproxy.address=0.0.0.0 --socksproxy.address=0.0.0.0 --sam.enabled=true --sam.address=0.0.0.0; }
