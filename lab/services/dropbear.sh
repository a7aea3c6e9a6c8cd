# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(dropbear-bin)
expect() { port 2222/tcp ssh 'Dropbear sshd' "$(v dropbear-bin)"; }
start() { dropbearkey -t ed25519 -f key; exec dropbear -F -E -p 2222 -r key; }
