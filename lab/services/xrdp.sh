# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(xrdp)
expect() { port 3389/tcp ms-wbt-server xrdp -; }
start() { mkdir -p /run/xrdp/sockdir; exec xrdp -n; }
