# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(minetest-server)
expect() { port 30000/udp minetest 'Minetest server' -; }
start() { export HOME=$PWD; exec /usr/games/minetestserver --gameid devtest --world "$PWD/w"; }
