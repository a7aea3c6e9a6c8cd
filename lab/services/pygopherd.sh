# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(pygopherd)
overlay=second
expect() { port 7071/tcp 'gopher|http' PyGopherd -; }
start() { sed 's/^port *=.*/port = 7071/; s/^setuid.*//; s/^setgid.*//; s/^detach.*/detach = no/; s/^usechroot.*/usechroot = no/' /etc/pygopherd/pygopherd.conf >p.conf; mkdir -p /run/pygopherd; exec pygopherd p.conf; }
