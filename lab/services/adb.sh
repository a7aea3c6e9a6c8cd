# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(adb)
overlay=second
expect() { port 5037/tcp adb 'Android Debug Bridge' -; }
start() { export HOME=$PWD; exec adb -a -P 5037 nodaemon server; }
