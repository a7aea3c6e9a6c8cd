# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(bird2)
overlay=second
expect() { port 1179/tcp bgp - -; }
start() { mkdir -p /run/bird; printf 'router id 10.93.0.2;\nprotocol device {}\nprotocol bgp { local port 1179 as 65001; neighbor range 10.93.0.0/24 as 64999; dynamic name "d"; ipv4 { import none; export none; }; }\n' >b.conf; exec bird -f -c b.conf; }
