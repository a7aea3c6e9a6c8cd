# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(docker-registry)
expect() { port 5050/tcp http 'Docker Registry' -; }
start() { printf 'version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /lab/docker-registry\nhttp:\n  addr: :5050\n  headers:\n    X-Content-Type-Options: [nosniff]\n' >r.yml; exec docker-registry serve r.yml; }
