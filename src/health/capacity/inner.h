/* What the files of this folder have in common. */
#ifndef HEALTH_CAPACITY_INNER_H
#define HEALTH_CAPACITY_INNER_H

#include "health/capacity/capacity.h"

/* How many servers all other figures count with: what is needed, or what is there if that is more. */
struct capacity_servers {
	int64_t low, high; /* replicas */
};

/* "1 process", "2 processes" */
#define CAPACITY_PROCESSES "%lld process%s"
#define CAPACITY_OF_PROCESSES(count) (long long)(count), (count) == 1 ? "" : "es"

struct capacity_item *capacity_add(struct capacity *capacity, const char *name, const char *title,
				   enum capacity_unit unit);
void capacity_need(struct capacity_item *item, int64_t low, int64_t high);
/* What there is of it; -1: that is not known. */
void capacity_have(struct capacity_item *item, int64_t present);
void capacity_formula(struct capacity_item *item, const char *format, ...) PRINTF(2, 3);
void capacity_source(struct capacity_item *item, const char *format, ...) PRINTF(2, 3);
/* Kept where something is lacking, or may be. */
void capacity_remedy(struct capacity_item *item, const char *format, ...) PRINTF(2, 3);
/* That it can't be known, and why: made safe for a terminal, since a server may have said it. */
void capacity_unknown(struct capacity_item *item, const char *format, ...) PRINTF(2, 3);

/* "3", "3 to 5"; to be freed. */
char *capacity_range(enum capacity_unit unit, int64_t low, int64_t high) MUST_CHECK;

/* servers.c, connections.c, growth.c: in this order */
void capacity_add_servers(const struct capacity_ground *ground, struct capacity *capacity,
			  struct capacity_servers *servers);
void capacity_add_connections(const struct capacity_ground *ground, const struct capacity_servers *servers,
			      struct capacity *capacity);
void capacity_add_memory(const struct capacity_ground *ground, const struct capacity_servers *servers,
			 struct capacity *capacity);
void capacity_add_growth(const struct capacity_ground *ground, struct capacity *capacity);

#endif
