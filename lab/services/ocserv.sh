# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(ocserv)
overlay=second
expect() { port 8045/tcp ssl/http 'OpenConnect VPN server|ocserv' -; }
start() { cert lab.pem; printf 'auth = "plain[passwd=/dev/null]"\ntcp-port = 8045\nrun-as-user = nobody\nrun-as-group = daemon\nsocket-file = %s/s\nserver-cert = %s/lab.pem.crt\nserver-key = %s/lab.pem.key\nipv4-network = 192.168.9.0\nipv4-netmask = 255.255.255.0\ndevice = vpns\nisolate-workers = false\n' $PWD $PWD $PWD >o.conf; exec ocserv -f -c o.conf; }
