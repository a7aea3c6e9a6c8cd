# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(bacula-sd)
overlay=second
expect() { port 9103/tcp bacula-sd 'Bacula storage daemon' -; }
start() { mkdir -p /run/bacula; sed 's/SDAddress.*/SDAddress = 0.0.0.0/' /etc/bacula/bacula-sd.conf >b.conf; exec bacula-sd -f -c $PWD/b.conf; }
