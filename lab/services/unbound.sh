# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(unbound)
expect() { port 5301/tcp domain - -; port 5301/udp domain - -; port 853/tcp ssl/domain Unbound "$(v unbound)"; port 5302/udp domain Unbound "$(v unbound)"; port 5302/tcp domain Unbound "$(v unbound)"; }
start() {
    cert lab.pem
    cat >u.conf <<-END
	server:
	  interface: 0.0.0.0@5301
	  use-syslog: no
	  chroot: ""
	END
    cat >u2.conf <<-END
	server:
	  interface: 0.0.0.0@5302
	  interface: 0.0.0.0@853
	  tls-port: 853
	  tls-service-key: /lab/unbound/lab.pem.key
	  tls-service-pem: /lab/unbound/lab.pem.crt
	  access-control: 0.0.0.0/0 allow
	  use-syslog: no
	  chroot: ""
	END
    unbound -d -c u2.conf &
    exec unbound -d -c u.conf
}
