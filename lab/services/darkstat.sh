# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(darkstat)
overlay=second
expect() { port 667/tcp http darkstat "$(v darkstat)"; }
start() { exec darkstat -i lo --no-daemon -p 667; }
