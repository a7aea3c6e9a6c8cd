# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(iperf nuttcp)
overlay=second
expect() { port 5001/tcp iperf iperf "$(v iperf)"; port 5000/tcp nuttcp nuttcp "$(v nuttcp)"; }
start() { (nuttcp -S --nofork &) ; exec iperf -s -p 5001; }
