# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nodejs)
expect() { port 8010/tcp http 'Node.js http' -; }
start() { exec node -e 'require("http").createServer((q,r)=>r.end("hi")).listen(8010)'; }
