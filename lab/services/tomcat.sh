# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(tomcat10)
expect() { port 8080/tcp http 'Apache Tomcat' "$(v tomcat10)"; }
start() { export CATALINA_HOME=/usr/share/tomcat10 CATALINA_BASE=$PWD CATALINA_OPTS=-Xmx128m; cp -rL /etc/tomcat10 conf; mkdir -p logs temp work webapps; cp -r /usr/share/tomcat10-root/default_root webapps/ROOT 2>/dev/null; exec /usr/share/tomcat10/bin/catalina.sh run; }
