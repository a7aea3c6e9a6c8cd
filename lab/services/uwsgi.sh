# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(uwsgi-core uwsgi-plugin-python3)
expect() { port 8016/tcp http - -; }
start() {
    printf 'def application(e,s):\n s("200 OK",[("Content-Type","text/plain")]); return [b"hi"]\n' >a.py
    exec uwsgi --plugin http,python3 --http-socket :8016 --wsgi-file a.py --master
}
