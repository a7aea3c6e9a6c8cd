# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(jabberd2)
overlay=second
expect() { port 5422/tcp xmpp-client jabberd2 -; }
start() { mkdir -p /run/jabberd2; chown jabber /run/jabberd2 .; sed 's/5222/5422/' /etc/jabberd2/c2s.xml >c.xml; (su jabber -s /bin/sh -c 'jabberd2-router -c /etc/jabberd2/router.xml' &) ; sleep 2; exec su jabber -s /bin/sh -c "jabberd2-c2s -c $PWD/c.xml"; }
