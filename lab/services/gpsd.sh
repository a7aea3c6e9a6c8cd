# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(gpsd)
expect() { port 2947/tcp gpsd gpsd "$(v gpsd)"; }
start() { exec gpsd -N -G -n -F /run/gpsd.sock; }
