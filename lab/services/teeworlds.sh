# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(teeworlds-server)
expect() { port 8303/udp teeworlds - -; }
start() { export HOME=$PWD; exec /usr/games/teeworlds-server; }
