# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(unicorn)
overlay=second
expect() { port 8032/tcp http - -; }
start() { echo 'run lambda { |e| [200, {"Content-Type"=>"text/plain"}, ["hi"]] }' >config.ru; exec unicorn -o 0.0.0.0 -p 8032 config.ru; }
