# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(motion)
overlay=second
expect() { port 8041/tcp http 'Motion camera httpd|Motion' -; }
start() { printf 'webcontrol_port 8041\nwebcontrol_localhost off\ndaemon off\nnetcam_url http://127.0.0.1:1/x\ntarget_dir %s\n' $PWD >m.conf; exec motion -n -c m.conf; }
