# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(caddy)
expect() { port 8020/tcp http 'Caddy httpd' -; }
start() { export HOME=$PWD; exec caddy file-server --listen :8020; }
