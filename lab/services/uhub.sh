# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(uhub)
expect() { port 1511/tcp adc uhub "$(v uhub)"; }
start() { exec uhub; }
