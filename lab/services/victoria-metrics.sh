# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(victoria-metrics)
overlay=second
expect() { port 8428/tcp http VictoriaMetrics -; }
start() { exec victoria-metrics -storageDataPath=$PWD/d; }
