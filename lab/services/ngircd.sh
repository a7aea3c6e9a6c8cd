# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(ngircd)
overlay=yes
expect() { port 6667/tcp irc ngIRCd "$(v ngircd)"; }
start() { mkdir -p /run/ngircd; printf '[Global]\nName = irc.lab.example\nInfo = lab\nServerUID = irc\nServerGID = irc\n[Options]\nPAM = no\nIdent = no\nDNS = no\n' >n.conf; exec ngircd -n -f n.conf; }
