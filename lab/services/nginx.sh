# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(nginx-light)
expect() { port 8001/tcp http nginx "$(v nginx-light)"; port 8444/tcp ssl/http nginx "$(v nginx-light)"; }
start() {
    cert lab.pem
    cat >nginx.conf <<-END
	user www-data; pid /run/lab-nginx.pid; error_log stderr;
	events { }
	http {
	  access_log off;
	  server { listen 8001 default_server; root /var/www/html; }
	  server { listen 8444 ssl default_server; root /var/www/html; ssl_certificate lab.pem; ssl_certificate_key lab.pem; }
	}
	END
    exec nginx -c "$PWD/nginx.conf" -g 'daemon off;'
}
