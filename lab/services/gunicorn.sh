# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(gunicorn)
expect() { port 8008/tcp http gunicorn -; }
start() { printf 'def app(e,s):\n s("200 OK",[("Content-Type","text/plain")]); return [b"hi"]\n' >a.py; exec gunicorn -b 0.0.0.0:8008 a:app; }
