# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(hylafax-server)
overlay=second
expect() { port 4559/tcp hylafax HylaFAX "$(v hylafax-server)"; }
start() { exec hfaxd -d -i 4559; }
