# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(msmtp-mta)
overlay=second
expect() { port 2528/tcp smtp 'msmtpd' -; }
start() { exec msmtpd --interface=0.0.0.0 --port=2528 --command='cat >/dev/null #'; }
