# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(rspamd)
overlay=second
expect() { r() { v rspamd | cut -d. -f1,2; }; port 11334/tcp http Rspamd "$(r)"; port 11333/tcp http Rspamd "$(r)"; }
start() { mkdir -p /run/rspamd; chown _rspamd /run/rspamd .; for w in controller normal proxy; do echo "bind_socket = \"0.0.0.0:$([ $w = controller ] && echo 11334 || { [ $w = normal ] && echo 11333 || echo 11332; })\";" >/etc/rspamd/local.d/worker-$w.inc; done; exec rspamd -f -i -u _rspamd -g _rspamd; }
