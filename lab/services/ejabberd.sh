# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(ejabberd)
expect() { port 5322/tcp xmpp-client ejabberd -; port 5280/tcp http ejabberd -; }
start() {
    printf 'hosts:\n  - localhost\nlisten:\n  -\n    port: 5322\n    module: ejabberd_c2s\n  -\n    port: 5280\n    module: ejabberd_http\n    request_handlers:\n      /admin: ejabberd_web_admin\n' >e.yml
    export HOME=$PWD
    exec erl -noinput -name ej@localhost -pa $(ls -d /usr/lib/x86_64-linux-gnu/ejabberd-*/ebin /usr/lib/x86_64-linux-gnu/*/ebin /usr/lib/erlang/lib/*/ebin 2>/dev/null | tr '\n' ' ') -mnesia dir "\"$PWD/m\"" -ejabberd config "\"$PWD/e.yml\"" -s ejabberd
}
