# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(iperf3)
expect() { port 5201/tcp iperf3 iperf3 -; }
start() { exec iperf3 -s; }
