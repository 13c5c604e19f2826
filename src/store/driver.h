/* What a driver is made of; only src/store includes this. store.c has looked at the names before a driver sees them. */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "store/store.h"

struct store_driver {
	/* `make`: store_make. */
	fallible (*open)(const struct store_target *target, const struct store_options *options, bool make,
			 struct store **store);
	void (*close)(struct store *store); /* frees all but what store_close frees: display and the struct itself */
	bool (*can)(struct store *store, enum store_feature feature);
	fallible (*put)(struct store *store, const char *name, const char *bytes, size_t size,
			enum store_writing writing);
	fallible (*upload_begin)(struct store *store, const char *name, enum store_writing writing,
				 struct store_upload **upload);
	fallible (*upload_write)(struct store_upload *upload, const char *bytes, size_t size);
	fallible (*upload_end)(struct store_upload *upload);
	void (*upload_free)(struct store_upload *upload); /* undoes one that has not ended; frees all but the struct */
	fallible (*remove)(struct store *store, const char *name);
	fallible (*look)(struct store *store, const char *name, bool *found, struct store_object *object);
	/* NULL: the store has no locks. */
	fallible (*lock_anew)(struct store *store, const char *name, bool *found, struct store_object *object);
	fallible (*get)(struct store *store, const char *name, uint64_t offset, uint64_t size,
			const struct sink *out);
	fallible (*list)(struct store *store, const char *prefix, store_lister *lister, void *state);
	fallible (*time)(struct store *store, const char *scratch, int64_t *now);
	/* NULL: nothing is left behind, or `list` sees to it. */
	fallible (*tidy)(struct store *store, store_chooser *is_ours, int64_t before, size_t *count);
	/* NULL: it says nothing of itself. */
	fallible (*facts)(struct store *store, struct store_facts *facts);
};

extern const struct store_driver folder_driver;
extern const struct store_driver s3_driver;
extern const struct store_driver azure_driver;
extern const struct store_driver sftp_driver;

/* The common beginning of every driver's own structs. */
struct store {
	const struct store_driver *driver;
	char *display;
	struct store_options options; /* with the defaults filled in */
};

struct store_upload {
	struct store *store;
	char *name;
	enum store_writing writing;
	bool failed; /* it is not to be ended any more */
	bool ended;  /* what was written is there */
};

fallible store_taken(const char *name) MUST_CHECK; /* ERR_NO: STORE_NEW, and there is one */

#endif
