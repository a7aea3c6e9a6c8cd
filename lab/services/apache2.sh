# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(apache2)
expect() { port 80/tcp http 'Apache httpd' "$(v apache2-bin)"; port 443/tcp ssl/http 'Apache httpd' "$(v apache2-bin)"; }
start() {
    cert lab.pem
    cat >/etc/apache2/sites-available/lab-tls.conf <<-END
	<VirtualHost *:443>
	SSLEngine on
	SSLCertificateFile /lab/apache2/lab.pem
	DocumentRoot /var/www/html
	</VirtualHost>
	END
    a2enmod ssl; a2ensite lab-tls
    mkdir -p /run/apache2 /var/lock/apache2
    exec apachectl -D FOREGROUND
}
