# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(prosody)
expect() { port 5222/tcp xmpp-client Prosody -; port 5269/tcp xmpp-server Prosody -; }
start() { mkdir -p /run/prosody; chown prosody /run/prosody .; printf 'modules_enabled={"roster";"saslauth";"tls";"dialback";"disco"}\nmodules_disabled={"s2s_auth"}\ndata_path="/lab/prosody"\npidfile="/run/prosody/p.pid"\nVirtualHost "localhost"\n' >p.lua; exec su prosody -s /bin/sh -c 'prosody -F --config /lab/prosody/p.lua'; }
