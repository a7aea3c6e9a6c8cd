# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(uwsgi-core uwsgi-plugin-python3)
expect() { port 8016/tcp http 'uWSGI' -; port 8017/tcp uwsgi 'uWSGI' -; }
start() {
    printf 'def application(e,s):\n s("200 OK",[("Content-Type","text/plain")]); return [b"hi"]\n' >a.py
    uwsgi --plugin python3 --socket :8017 --wsgi-file a.py --master &
    exec uwsgi --plugin http,python3 --http-socket :8016 --wsgi-file a.py --master
}
