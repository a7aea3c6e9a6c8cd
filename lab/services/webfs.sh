# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(webfs)
expect() { port 8014/tcp http 'webfs httpd' "$(v webfs)"; }
start() { echo hi >index.html; exec webfsd -F -p 8014 -r "$PWD"; }
