# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(firebird3.0-server)
expect() { port 3050/tcp firebird - -; }
start() { mkdir -p /run/firebird3.0; sed 's/^RemoteBindAddress.*/RemoteBindAddress =/' -i /etc/firebird/3.0/firebird.conf; exec /usr/sbin/firebird; }
