#include "health/discover/dns_lookup.h"

#include <netdb.h>
#include <pthread.h>
#include <resolv.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/join.h"
#include "base/memory.h"
#include "health/discover/dns_message.h"

#define LOOK_MS 50 /* how soon a signal is noticed */

/* Shared by who asks and who waits; the last one frees it. */
struct lookup {
	atomic_int users;
	char *name;
	bool services;
	int64_t seconds;
	struct addrinfo *found;
	int code; /* of getaddrinfo, or of res_nsearch (h_errno); 0: it is fine */
	unsigned char answer[DNS_LARGEST];
	size_t size;
};

static void leave(struct lookup *lookup)
{
	if (atomic_fetch_sub(&lookup->users, 1) > 1)
		return;
	if (lookup->found)
		freeaddrinfo(lookup->found);
	free(lookup->name);
	free(lookup);
}

/* As getaddrinfo does: by the search list of resolv.conf, and again by TCP where an answer was cut off. */
static void look_for_services(struct lookup *lookup)
{
	struct __res_state state = {0};
	if (res_ninit(&state)) {
		lookup->code = TRY_AGAIN;
		return;
	}
	int servers = state.nscount > 0 ? state.nscount : 1;
	state.retry = 1;
	state.retrans = (int)(lookup->seconds / servers > 0 ? lookup->seconds / servers : 1);
	int size = res_nsearch(&state, lookup->name, ns_c_in, ns_t_srv, lookup->answer, sizeof lookup->answer);
	lookup->code = size < 0 ? state.res_h_errno ? state.res_h_errno : NO_RECOVERY : 0;
	lookup->size = size < 0 ? 0 : (size_t)size < sizeof lookup->answer ? (size_t)size : sizeof lookup->answer;
	res_nclose(&state);
}

static void *look_up(void *state)
{
	struct lookup *lookup = state;
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	if (lookup->services)
		look_for_services(lookup);
	else
		lookup->code = getaddrinfo(lookup->name, NULL, &hints, &lookup->found);
	leave(lookup);
	return NULL;
}

static int64_t time_for(const struct discover_options *options)
{
	int64_t left = options->deadline_ms - clock_monotonic_ms();
	return options->deadline_ms && left < options->timeout_ms ? left > 0 ? left : 1 : options->timeout_ms;
}

/* `lookup` is to be left by the caller, whatever became of it. */
static fallible ask(struct lookup *lookup, const struct discover_options *options)
{
	pthread_t thread;
	int64_t ms = time_for(options), end = clock_monotonic_ms() + ms;
	lookup->seconds = ms / 1000;
	atomic_store(&lookup->users, 2);
	if (pthread_create(&thread, NULL, look_up, lookup)) {
		atomic_store(&lookup->users, 1);
		return error_new(ERR_FAILED, "no thread could be started to look up %s", lookup->name);
	}
	while (!thread_join_by(thread, clock_monotonic_ms() + LOOK_MS)) {
		if (!cancel_requested() && clock_monotonic_ms() < end)
			continue;
		pthread_detach(thread);
		TRY(cancel_check());
		return error_hint(error_new(ERR_UNREACHABLE, "no name server answered within %.1f s",
					    (double)ms / 1000),
				  "look at /etc/resolv.conf, and whether its name servers run");
	}
	return NULL;
}

static struct lookup *lookup_new(const char *name, bool services)
{
	struct lookup *lookup = mem_new(1, sizeof *lookup);
	atomic_init(&lookup->users, 1);
	lookup->name = text_copy(name);
	lookup->services = services;
	return lookup;
}

static void lookup_cleanup(struct lookup **lookup)
{
	leave(*lookup);
}

#define HINT "check the name, and that this machine asks the name server that knows it"

fallible dns_addresses(const char *name, const struct discover_options *options, struct strings *hosts)
{
	AUTO(lookup) struct lookup *lookup = lookup_new(name, false);
	TRY(ask(lookup, options));
	if (lookup->code)
		return error_hint(error_new(ERR_UNREACHABLE, "%s", gai_strerror(lookup->code)), HINT);
	for (const struct addrinfo *one = lookup->found; one; one = one->ai_next) {
		char host[NI_MAXHOST];
		if (!getnameinfo(one->ai_addr, one->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST) &&
		    !strings_have(hosts, host))
			strings_add(hosts, host);
	}
	return NULL;
}

static const char *words_of(int code)
{
	return code == HOST_NOT_FOUND ? "there is no such name"
	       : code == NO_DATA      ? "the name has no SRV records"
	       : code == TRY_AGAIN    ? "the name server gives no answer, or failed"
				      : "the name server refuses to answer";
}

fallible dns_services(const char *name, const struct discover_options *options, struct strings *targets)
{
	AUTO(lookup) struct lookup *lookup = lookup_new(name, true);
	TRY(ask(lookup, options));
	if (lookup->code)
		return error_hint(error_new(ERR_UNREACHABLE, "%s", words_of(lookup->code)), HINT);
	return dns_read_services(lookup->answer, lookup->size, targets);
}
