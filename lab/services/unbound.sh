# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(unbound)
expect() { port 5301/tcp domain Unbound -; port 5301/udp domain Unbound -; port 853/tcp ssl/domain Unbound -; port 5302/udp domain Unbound "$(v unbound)"; }
start() {
    cert lab.pem
    cat >u.conf <<-END
	server:
	  interface: 0.0.0.0@5301
	  interface: 0.0.0.0@853
	  tls-port: 853
	  tls-service-key: /lab/unbound/lab.pem.key
	  tls-service-pem: /lab/unbound/lab.pem.crt
	  use-syslog: no
	  chroot: ""
	END
    sed 's/@5301/@5302/; s/@853/@8530/; s/^  tls-port.*/  access-control: 0.0.0.0\/0 allow/' u.conf >u2.conf
    unbound -d -c u2.conf &
    exec unbound -d -c u.conf
}
