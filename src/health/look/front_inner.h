/* Only for front*.c. */
#ifndef HEALTH_LOOK_FRONT_INNER_H
#define HEALTH_LOOK_FRONT_INNER_H

#include "health/look/front.h"

#define FRONT_POLLING_PATH "/ws/socket.io/?EIO=4&transport=polling"

struct front_turn {
	struct front_looking *looking;
	enum front_question question;
	size_t index;
};

struct front_looking {
	struct fleet_sight *fleet;
	struct front_sight *sight;
	char *url;  /* without "/" at its end */
	char *host; /* as in an address: IPv6 without brackets */
	int64_t port;
	const char *origin;
	struct probes *probes;
	struct front_turn *turns[FRONT_QUESTIONS];
	char *session, *cookie; /* of polling; the latter is a header, or NULL */
	size_t sticky;		/* that are under way */
};

/* Where it is. */
void front_find(struct front_looking *looking, const char *url);
/* The addresses of its name, which takes as long as the name server does. */
void front_find_addresses(struct front_looking *looking);

/* For so many answers to a question, which are then asked one by one. */
void front_make_room(struct front_looking *looking, enum front_question question, size_t count);
void front_put_to(struct front_looking *looking, const char *server, enum front_question question, size_t index,
		  const char *path, struct probe_request request);

/* A session of polling, by what FRONT_POLLING has answered, and after the last of FRONT_STICKY. */
void front_polling_begin(struct front_looking *looking, const struct probe_answer *answer);
void front_polling_end(struct front_looking *looking);

#endif
