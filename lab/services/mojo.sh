# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(libmojolicious-perl)
overlay=second
expect() { port 8037/tcp http 'Mojolicious httpd' -; }
start() { exec perl -Mojo -E 'a("/" => {text => "hi"})->start' daemon -l http://0.0.0.0:8037; }
