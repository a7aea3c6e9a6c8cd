# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(slapd)
expect() { port 389/tcp ldap OpenLDAP -; port 636/tcp ssl/ldap OpenLDAP -; }
start() {
    cert lab.pem
    mkdir -p db /run/slapd
    cat >s.conf <<-END
	include /etc/ldap/schema/core.schema
	modulepath /usr/lib/ldap
	moduleload back_mdb
	TLSCertificateFile /lab/slapd/lab.pem
	TLSCertificateKeyFile /lab/slapd/lab.pem.key
	database mdb
	suffix "dc=nodomain"
	directory /lab/slapd/db
	END
    exec slapd -d 0 -f s.conf -h 'ldap:/// ldaps:///'
}
