# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(beanstalkd)
expect() { port 11300/tcp beanstalkd beanstalkd "$(v beanstalkd)"; }
start() { exec beanstalkd -l 0.0.0.0 -p 11300; }
