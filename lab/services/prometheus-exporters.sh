# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(prometheus-pushgateway prometheus-mysqld-exporter prometheus-postgres-exporter prometheus-redis-exporter prometheus-snmp-exporter prometheus-apache-exporter prometheus-bind-exporter prometheus-haproxy-exporter prometheus-process-exporter)
overlay=second
expect() { e() { port $1/tcp http "Prometheus $2" "$(vd $3 | sed 's/-[^-]*$//')"; }; e 9095 Pushgateway prometheus-pushgateway; e 9104 'MySQL exporter' prometheus-mysqld-exporter; e 9187 'PostgreSQL exporter' prometheus-postgres-exporter; port 9121/tcp http 'Prometheus Redis exporter' "$(vd prometheus-redis-exporter)"; e 9116 'SNMP exporter' prometheus-snmp-exporter; e 9117 'Apache exporter' prometheus-apache-exporter; e 9119 'BIND exporter' prometheus-bind-exporter; e 9111 'HAProxy exporter' prometheus-haproxy-exporter; port 9256/tcp http 'Prometheus process exporter' "$(vd prometheus-process-exporter)"; }
start() {
    prometheus-pushgateway --web.listen-address=:9095 &
    DATA_SOURCE_NAME='u:p@(127.0.0.1:3306)/' prometheus-mysqld-exporter &
    DATA_SOURCE_NAME='postgresql://u@127.0.0.1/' prometheus-postgres-exporter &
    prometheus-redis-exporter &
    prometheus-snmp-exporter --config.file=/etc/prometheus/snmp.yml &
    prometheus-apache-exporter &
    prometheus-bind-exporter &
    prometheus-haproxy-exporter --web.listen-address=:9111 &
    prometheus-process-exporter &
    wait
}
