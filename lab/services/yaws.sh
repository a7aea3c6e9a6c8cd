# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(yaws)
overlay=second
expect() { port 8039/tcp http 'Yaws httpd' "$(v yaws)"; }
start() { printf 'logdir = %s\n<server localhost>\n port = 8039\n listen = 0.0.0.0\n docroot = /srv\n</server>\n' $PWD >y.conf; exec yaws --conf $PWD/y.conf --daemon --heart || exec yaws -c $PWD/y.conf -i; }
