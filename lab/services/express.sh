# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(node-express)
expect() { port 8011/tcp http 'Node.js Express framework' -; }
start() { export NODE_PATH=/usr/share/nodejs; exec node -e 'const a=require("express")();a.get("/",(q,r)=>r.send("hi"));a.listen(8011)'; }
