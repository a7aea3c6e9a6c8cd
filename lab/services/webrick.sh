# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(ruby-webrick)
overlay=second
expect() { port 8033/tcp http 'WEBrick httpd' "$(v ruby-webrick)"; }
start() { exec ruby -run -e httpd . -p 8033 -b 0.0.0.0; }
