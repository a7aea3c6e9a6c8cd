# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(rabbitmq-server)
expect() { port 5672/tcp amqp RabbitMQ "$(v rabbitmq-server)"; port 4369/tcp epmd 'Erlang Port Mapper Daemon' -; port 61613/tcp stomp RabbitMQ -; }
start() {
    export RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_MNESIA_BASE=$PWD/m RABBITMQ_LOG_BASE=$PWD/l RABBITMQ_PID_FILE=$PWD/pid HOME=$PWD RABBITMQ_ENABLED_PLUGINS_FILE=$PWD/plugins
    echo '[rabbitmq_stomp].' >plugins
    exec /usr/lib/rabbitmq/bin/rabbitmq-server
}
