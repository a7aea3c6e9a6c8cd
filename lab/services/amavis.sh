# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(amavisd-new)
overlay=second
expect() { port 10024/tcp smtp 'amavisd' -; }
start() { mkdir -p /run/amavis; chown amavis /run/amavis .; printf '$myhostname = "server.lab.example";\n$inet_socket_bind = undef;\n@inet_acl = qw(0.0.0.0/0);\n1;\n' >/etc/amavis/conf.d/50-user; exec amavisd foreground; }
