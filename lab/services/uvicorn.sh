# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(uvicorn)
expect() { port 8009/tcp http Uvicorn -; }
start() { printf 'async def app(sc,r,s):\n if sc["type"]!="http": return\n await s({"type":"http.response.start","status":200,"headers":[]}); await s({"type":"http.response.body","body":b"hi"})\n' >a.py; exec uvicorn --host 0.0.0.0 --port 8009 a:app; }
