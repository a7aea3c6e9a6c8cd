# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(sslh)
overlay=second
expect() { port 2443/tcp 'ssh|http' 'OpenSSH|Apache httpd' "$(vd openssh-server | sed 's/.*://')"; }
start() { exec sslh-select --foreground -p 0.0.0.0:2443 --ssh 127.0.0.1:22 --tls 127.0.0.1:443; }
