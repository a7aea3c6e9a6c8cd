# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(krb5-admin-server krb5-kdc)
overlay=second
expect() { port 749/tcp 'kerberos-adm|rpcbind' - -; }
start() { export KRB5_CONFIG=$PWD/krb5.conf KRB5_KDC_PROFILE=$PWD/kdc.conf; printf '[libdefaults]\ndefault_realm=LAB.EXAMPLE\n[realms]\nLAB.EXAMPLE={\nkdc=127.0.0.1\nadmin_server=127.0.0.1\n}\n' >krb5.conf; printf '[kdcdefaults]\n[realms]\nLAB.EXAMPLE={\ndatabase_name=%s/db\nkey_stash_file=%s/st\nacl_file=%s/acl\n}\n' $PWD $PWD $PWD >kdc.conf; : >acl; kdb5_util create -s -P x -r LAB.EXAMPLE; exec kadmind -nofork; }
