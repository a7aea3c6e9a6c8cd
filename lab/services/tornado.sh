# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(python3-tornado python3-cherrypy3 python3-cheroot python3-waitress python3-aiohttp daphne python3-twisted)
overlay=second
expect() { port 8050/tcp http 'Tornado httpd' 6.2; port 8051/tcp http 'CherryPy wsgiserver|Cheroot' "$(v python3-cherrypy3)"; port 8052/tcp http 'Waitress wsgiserver' -; port 8053/tcp http aiohttp "$(v python3-aiohttp)"; port 8054/tcp http Daphne -; port 8055/tcp http 'TwistedWeb httpd' "$(v python3-twisted)"; }
start() {
cat >a.py <<'END'
def app(e, s):
    s("200 OK", [("Content-Type", "text/plain")])
    return [b"hi"]
END
cat >asgi.py <<'END'
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hi"})
END
python3 -c 'import tornado.ioloop, tornado.web
tornado.web.Application([]).listen(8050)
tornado.ioloop.IOLoop.current().start()' &
python3 -c 'import cherrypy
cherrypy.quickstart(None, "/", {"global": {"server.socket_host": "0.0.0.0", "server.socket_port": 8051}})' &
python3 -c 'import waitress, a
waitress.serve(a.app, port=8052)' &
python3 -c 'from aiohttp import web
web.run_app(web.Application(), port=8053)' &
daphne -b 0.0.0.0 -p 8054 asgi:app &
twistd3 -n web --listen tcp:8055 --path . &
wait
}
