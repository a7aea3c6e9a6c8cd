# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(privoxy)
expect() { port 8118/tcp http-proxy Privoxy "$(v privoxy)"; }
start() { sed 's/^listen-address.*//' /etc/privoxy/config >p.conf; echo 'listen-address 0.0.0.0:8118' >>p.conf; exec privoxy --no-daemon "$PWD/p.conf"; }
