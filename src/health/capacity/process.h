/* The processes of a server that runs on this machine, by /proc. */
#ifndef HEALTH_CAPACITY_PROCESS_H
#define HEALTH_CAPACITY_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct server_seen {
	int64_t resident; /* bytes of memory that they have, together */
	int64_t files_most; /* that one may have open; the least of them */
};

/* Of whoever listens at a port of the loopback interface, or of all. False where nobody does, it is no Python (what
 * listens for a container may be Docker's proxy), or this user may not see what it has open. */
bool server_find(int64_t port, struct server_seen *seen) __attribute__((warn_unused_result));

#endif
