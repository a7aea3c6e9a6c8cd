# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(haproxy)
expect() { port 8003/tcp http 'HAProxy' -; port 8404/tcp http 'HAProxy' "$(vd haproxy)"; }
start() {
    cat >h.cfg <<-END
	defaults
	  mode http
	  timeout connect 5s
	  timeout client 50s
	  timeout server 50s
	frontend none
	  bind :8003
	frontend stats
	  bind :8404
	  stats enable
	  stats uri /
	END
    exec haproxy -f h.cfg
}
