# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(starman twiggy)
overlay=second
expect() { port 8035/tcp http - -; port 8036/tcp http - -; }
start() { echo 'sub { [200, ["Content-Type"=>"text/plain"], ["hi"]] }' >a.psgi; twiggy --listen 0.0.0.0:8036 a.psgi & exec starman --listen 0.0.0.0:8035 a.psgi; }
