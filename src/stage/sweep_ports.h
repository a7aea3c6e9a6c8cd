// SPDX-License-Identifier: Apache-2.0
// The sweep as port scan, where all hosts are taken for up and nothing but answers of a few ports
// is wanted of them: who stays silent is reported without having been a host.
#pragma once

struct asked;
struct host;
struct portscan;
struct scan_loss;
struct visit;

// A silent host: up as the user says, its ports silent. like: a visit to nobody.
void sweep_ports_silent(const struct visit *like, struct host *h);

// The sweep has asked this host's ports already; its scan has just been made.
void sweep_ports_take_over(struct portscan *s, const struct asked *asked);
