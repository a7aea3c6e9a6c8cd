# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(bacula-fd)
overlay=second
expect() { port 9102/tcp bacula-fd 'Bacula file daemon' -; }
start() { mkdir -p /run/bacula; sed 's/FDAddress.*/FDAddress = 0.0.0.0/' /etc/bacula/bacula-fd.conf >b.conf; exec bacula-fd -f -c $PWD/b.conf; }
