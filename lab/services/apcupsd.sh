# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(apcupsd)
overlay=second
expect() { port 3551/tcp apcupsd apcupsd "$(v apcupsd)"; }
start() { printf '## apcupsd.conf v1.1 ##\nUPSCABLE smart\nUPSTYPE test\nDEVICE\nNETSERVER on\nNISIP 0.0.0.0\nNISPORT 3551\nLOCKFILE %s\n' $PWD >a.conf; exec apcupsd -b -f a.conf; }
