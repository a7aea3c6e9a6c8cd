# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(php-cli)
expect() { port 8005/tcp http 'PHP cli server' "$(v php8.2-cli)"; }
start() { echo '<?php echo "hi";' >index.php; exec php -S 0.0.0.0:8005 -t "$PWD"; }
