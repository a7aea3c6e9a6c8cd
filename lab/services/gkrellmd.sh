# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(gkrellmd)
overlay=second
expect() { port 19150/tcp gkrellm 'GKrellM System Monitor' "$(v gkrellmd)"; }
start() { exec gkrellmd -P 19150 -m 10; }
