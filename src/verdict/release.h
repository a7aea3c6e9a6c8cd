// SPDX-License-Identifier: Apache-2.0
// Private to verdict: the release of a kernel, where a service tells it and not only its kind.
// Foreign text: of it only digits, letters, points, dashes and underscores of one word are taken.
#pragma once

#include "base/arena.h"
#include "base/span.h"
#include "verdict/fuse.h"

struct service;

// "6.1.0-18-amd64" from a sysDescr (RFC 3418: name and version of the operating system) in the form
// of uname, "Server 2022, build 20348" from the build number that SMB, RDP (MS-NLMP 2.2.2.10) and
// SNMP of Windows tell. Absent: nothing of the kind is told. Lives in a.
struct span release_of(struct arena *a, const struct service *s, enum kin kin);
