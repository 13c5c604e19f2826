/* When to try again what may get better: after a pause drawn at random between nothing and a bound that doubles from
 * 0.1 s to 8 s ("full jitter"), until patience would be over. */
#ifndef NET_AGAIN_H
#define NET_AGAIN_H

#include <stdint.h>

#define AGAIN_UNREACHED_SHARE 6 /* of the patience, with a server that was never reached */

/* Of failures in a row; begins, and begins anew, as {0}. */
struct again {
	int64_t since; /* the first of them, by the monotonic clock; 0: there was none */
	int64_t bound_ms;
};

/* How long to wait before the next try, `at_least_ms` where the server said so; -1: there is none. */
int64_t again_pause(struct again *again, int64_t patience_ms, int64_t at_least_ms);

#endif
