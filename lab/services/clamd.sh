# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(clamav-daemon)
expect() { port 3310/tcp clamd 'ClamAV clamd' "$(v clamav-daemon)"; }
start() {
    mkdir -p db; printf 'Eicar-Test:0:*:58354f2150254041505b345c505a58353428505e2937434329377d\n' >db/x.ndb
    printf 'TCPSocket 3310\nTCPAddr 0.0.0.0\nDatabaseDirectory /lab/clamd/db\nForeground yes\nUser root\n' >c.conf
    exec clamd -c "$PWD/c.conf"
}
