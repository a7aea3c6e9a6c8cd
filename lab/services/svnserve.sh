# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(subversion)
expect() { port 3690/tcp svnserve 'Subversion svnserve' '1.10 or later'; }
start() { svnadmin create r; exec svnserve -d --foreground -r "$PWD"; }
