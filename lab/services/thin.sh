# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(thin)
overlay=second
expect() { port 8031/tcp http Thin -; }
start() { echo 'run lambda { |e| [200, {"Content-Type"=>"text/plain"}, ["hi"]] }' >config.ru; exec thin -p 8031 -a 0.0.0.0 start; }
