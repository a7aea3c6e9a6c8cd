# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(puma)
overlay=second
expect() { port 8030/tcp http - -; }
start() { echo 'run lambda { |e| [200, {}, ["hi"]] }' >config.ru; exec puma -b tcp://0.0.0.0:8030 config.ru; }
