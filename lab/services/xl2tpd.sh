# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(xl2tpd)
overlay=second
expect() { port 1701/udp L2TP xl2tpd -; }
start() { mkdir -p /run/xl2tpd; exec xl2tpd -D; }
