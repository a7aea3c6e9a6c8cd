# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(dnsdist)
overlay=second
expect() { port 5310/udp domain dnsdist -; port 8044/tcp http 'PowerDNS webserver' -; }
start() { printf 'setLocal("0.0.0.0:5310")\nnewServer("10.93.0.2")\ncontrolSocket("0.0.0.0:5311")\nsetKey("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")\nwebserver("0.0.0.0:8044")\nsetWebserverConfig({password="a",apiKey="b",acl="0.0.0.0/0"})\nsetACL("0.0.0.0/0")\n' >d.conf; exec dnsdist --supervised -C d.conf; }
