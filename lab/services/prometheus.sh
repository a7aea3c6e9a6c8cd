# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(prometheus prometheus-node-exporter prometheus-blackbox-exporter prometheus-alertmanager)
expect() { port 9090/tcp http Prometheus "$(vd prometheus | sed 's/-[^-]*$//')"; port 9110/tcp http 'Prometheus node exporter' "$(v prometheus-node-exporter)"; port 9115/tcp http 'Prometheus blackbox exporter' "$(vd prometheus-blackbox-exporter | sed 's/-[^-]*$//')"; port 9093/tcp http 'Prometheus Alertmanager' "$(vd prometheus-alertmanager | sed 's/-[^-]*$//')"; }
start() {
    prometheus-node-exporter --web.listen-address=:9110 &
    prometheus-blackbox-exporter --config.file=/etc/prometheus/blackbox.yml &
    prometheus-alertmanager --config.file=/etc/prometheus/alertmanager.yml --storage.path="$PWD/am" --cluster.listen-address= &
    echo 'global: {}' >p.yml
    exec prometheus --config.file=p.yml --storage.tsdb.path="$PWD/d"
}
