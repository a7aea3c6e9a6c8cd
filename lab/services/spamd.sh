# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(spamd)
expect() { port 783/tcp spamassassin 'SpamAssassin spamd' -; }
start() { exec spamd -L -i 0.0.0.0 -A 10.0.0.0/8 --max-children 1; }
