# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(firebird3.0-server)
overlay=second
expect() { port 3050/tcp firebird 'Firebird RDBMS' -; }
start() { sed -i 's/^RemoteBindAddress.*/RemoteBindAddress = 0.0.0.0/' /etc/firebird/3.0/firebird.conf; mkdir -p /run/firebird3.0; chown firebird /run/firebird3.0; exec su firebird -s /bin/sh -c /usr/sbin/firebird; }
