# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(icecast2)
expect() { port 8012/tcp http 'Icecast streaming media server' "$(v icecast2)"; }
start() { sed 's/<port>8000/<port>8012/; s|<!-- *<changeowner>|<changeowner>|' /etc/icecast2/icecast.xml >i.xml; mkdir -p /var/log/icecast2; chown -R icecast2 /var/log/icecast2 .; exec su icecast2 -s /bin/sh -c "icecast2 -c $PWD/i.xml"; }
