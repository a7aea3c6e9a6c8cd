# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(python3-werkzeug)
expect() { port 8007/tcp http 'Werkzeug httpd' "$(v python3-werkzeug)"; }
start() { printf 'from werkzeug.serving import run_simple\nfrom werkzeug.wrappers import Response\nrun_simple("0.0.0.0",8007,Response("hi"))\n' >a.py; exec python3 a.py; }
