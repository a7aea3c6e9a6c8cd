# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(zookeeper)
expect() { port 2181/tcp zookeeper Zookeeper "$(v zookeeper)"; }
start() { mkdir d; printf 'dataDir=/lab/zookeeper/d\nclientPort=2181\nadmin.enableServer=false\n' >z.cfg; export ZOO_LOG_DIR=$PWD; exec java -cp '/etc/zookeeper/conf:/usr/share/java/*' -Xmx128m org.apache.zookeeper.server.quorum.QuorumPeerMain z.cfg; }
