# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(icecc)
overlay=second
expect() { port 8765/tcp icecc - -; port 8766/tcp icecc-telnet 'icecc' "$(v icecc).0"; }
start() { exec icecc-scheduler -vvv; }
