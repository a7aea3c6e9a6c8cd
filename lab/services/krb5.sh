# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(krb5-kdc krb5-admin-server)
expect() { port 88/tcp kerberos-sec 'MIT Kerberos' -; port 88/udp kerberos-sec 'MIT Kerberos' -; }
start() {
    printf '[libdefaults]\ndefault_realm = LAB.EXAMPLE\n[realms]\nLAB.EXAMPLE = {\n kdc = localhost\n}\n' >k.conf
    printf '[kdcdefaults]\nkdc_ports = 88\nkdc_tcp_ports = 88\n[realms]\nLAB.EXAMPLE = {\n database_name = /lab/krb5/principal\n key_stash_file = /lab/krb5/stash\n}\n' >kdc.conf
    export KRB5_CONFIG=$PWD/k.conf KRB5_KDC_PROFILE=$PWD/kdc.conf
    kdb5_util create -s -P secret -r LAB.EXAMPLE
    exec krb5kdc -n
}
