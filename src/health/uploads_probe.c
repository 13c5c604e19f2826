#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "health/uploads.h"

#define PROBE_SIZE 4096

static void failed(struct probe_of_store *probe, const char *step, struct error *error)
{
	if (error && !probe->failure) {
		probe->step = step;
		probe->failure = error;
	} else {
		error_ignore(error); /* the first one is what matters */
	}
}

static fallible read_back(struct store *store, const char *name, const char *bytes, struct probe_of_store *probe)
{
	AUTO(str) struct str read = {0};
	int64_t began = clock_monotonic_us();
	TRY(store_read(store, name, 2 * PROBE_SIZE, &read));
	probe->read_us = clock_monotonic_us() - began;
	probe->differs = read.size != PROBE_SIZE || memcmp(read.data, bytes, PROBE_SIZE) != 0;
	return NULL;
}

void uploads_probe(struct store *store, struct probe_of_store *probe)
{
	char bytes[PROBE_SIZE], id[UUID_TEXT_SIZE];
	random_bytes(bytes, sizeof bytes);
	random_uuid(id);
	AUTO(memory) char *name = text_format(PROBE_PREFIX "%s", id);
	int64_t began = clock_monotonic_us();
	probe->done = true;
	failed(probe, "writing", store_put(store, name, bytes, sizeof bytes, STORE_ANY));
	probe->write_us = clock_monotonic_us() - began;
	if (!probe->failure)
		failed(probe, "reading back", read_back(store, name, bytes, probe));
	/* Also where writing failed: it may be there all the same. */
	failed(probe, "removing", store_delete(store, name));
}
