# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(dovecot-imapd dovecot-pop3d dovecot-managesieved dovecot-lmtpd ssl-cert)
expect() {
    port 143/tcp imap 'Dovecot imapd' -; port 993/tcp ssl/imap 'Dovecot imapd' -
    port 110/tcp pop3 'Dovecot pop3d' -; port 995/tcp ssl/pop3 'Dovecot pop3d' -
    port 4190/tcp sieve 'Dovecot Pigeonhole sieve' -
    port 2400/tcp lmtp 'Dovecot lmtpd' -
}
start() {
    cert lab.pem
    mkdir -p /run/dovecot
    cat >d.conf <<-END
	!include /etc/dovecot/dovecot.conf
	ssl_cert = </lab/dovecot/lab.pem
	ssl_key = </lab/dovecot/lab.pem
	service lmtp {
	  inet_listener lmtp {
	    port = 2400
	  }
	}
	END
    exec dovecot -F -c d.conf
}
