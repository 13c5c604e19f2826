/* Azure Blob Storage as a store. Only for src/store/azure. Source: Azure Blob Storage REST API reference.
 *
 * Objects are block blobs. Each write carries a mark of its own, by which the object itself tells whose it is after an
 * answer was lost. There is no request that takes back the blocks of an upload that has not ended: nobody sees or is
 * hindered by them, and Azure removes them a week after the last one. */
#ifndef STORE_AZURE_AZURE_H
#define STORE_AZURE_AZURE_H

#include "net/http.h"
#include "store/azure/credentials.h"
#include "store/azure/sign.h"
#include "store/driver.h"

struct azure {
	struct store store;
	struct http *http;
	struct azure_credentials *credentials;
	char *name;   /* "azure://account/container/prefix/", for messages */
	char *account;
	char *prefix; /* of names: "a/b/", or "" */
	char *origin; /* "https://host:port" */
	char *base;   /* of paths, encoded: "/container", with what the endpoint has before it */
	char *tier;   /* NULL: as the account has it */
};

static inline struct azure *azure_of(struct store *store)
{
	return (struct azure *)store;
}

/* Where a store is: fills name, account, prefix, origin, base by the target and a connection string. */
fallible azure_place(const struct store_target *target, struct azure *azure) MUST_CHECK;

/* ---- requests (call.c) ---- */

struct azure_call {
	const char *method;
	const char *name; /* of the object; NULL: the container */
	struct azure_parameter parameters[5];
	size_t parameter_count;
	struct strings headers; /* "Name: value"; cleaned up by azure_call_cleanup */
	const char *body;
	size_t body_size;
	size_t answer_limit;
	const struct sink *out; /* of a body with the status `good` */
	long good;
	const char *tolerated[4]; /* codes of refusals that are no errors; the answer has their status */
	fallible (*prepare)(struct azure_call *call, struct strings *headers); /* before each try; may change `good` */
	fallible (*begin)(struct azure_call *call, const struct http_answer *answer);
	void *state;
};
void azure_call_cleanup(struct azure_call *call);
void azure_parameter(struct azure_call *call, const char *name, const char *value); /* borrowed */
void azure_header(struct azure_call *call, const char *format, ...) PRINTF(2, 3);

void azure_sum_header(struct azure_call *call); /* the MD5 of the body, by which the server checks it */

fallible azure_send(struct azure *azure, struct azure_call *call, struct http_answer *answer) MUST_CHECK;

/* ---- what the server says when it refuses (error.c) ---- */

#define AZURE_NO_BLOB "BlobNotFound"
#define AZURE_TAKEN "BlobAlreadyExists"
#define AZURE_OTHERWISE "ConditionNotMet"
#define AZURE_NO_RANGE "InvalidRange"
#define AZURE_NO_BLOCKS "InvalidBlockList"

struct azure_said {
	char *code; /* where the server does not say, what its status means for a blob, or NULL */
	char *message; /* NULL where it does not say */
};
void azure_said_cleanup(struct azure_said *said);
void azure_said_read(const struct http_answer *answer, struct azure_said *said);

/* Whether it may be otherwise in a while. */
bool azure_said_passing(const struct http_answer *answer, const struct azure_said *said);

/* `name` NULL: the container. The secret of `keys` is hidden if it is repeated. */
fallible azure_refusal(const struct azure *azure, const char *name, const struct http_answer *answer,
		       const struct azure_said *said, const struct azure_keys *keys) MUST_CHECK;

/* ---- writing ---- */

/* A write that must be told apart from those of others. */
#define AZURE_MARK "x-ms-meta-owctlwrite"
#define AZURE_MARK_SIZE 37
struct azure_creating {
	const char *name;
	enum store_writing writing;
	char mark[AZURE_MARK_SIZE];
};
void azure_creating_begin(struct azure_creating *creating);
/* Adds mark, tier and condition, and tolerates what may come of it. */
void azure_creating_headers(const struct azure *azure, const struct azure_creating *creating, struct azure_call *call);
/* Looks at the answer to such a call. ERR_NO: there is one, which is not that of this write. */
fallible azure_creating_end(struct azure *azure, const struct azure_creating *creating,
			    const struct http_answer *answer) MUST_CHECK;
fallible azure_is_ours(struct azure *azure, const struct azure_creating *creating, bool *ours) MUST_CHECK;

fallible azure_put_whole(struct azure *azure, const struct azure_creating *creating, const char *bytes,
			 size_t size) MUST_CHECK;
fallible azure_head(struct azure *azure, const char *name, bool *found, struct http_answer *answer) MUST_CHECK;
fallible azure_first_page(struct azure *azure, struct http_answer *answer) MUST_CHECK; /* of a list, one entry long */

/* ---- the functions of the driver ---- */

fallible azure_put(struct store *store, const char *name, const char *bytes, size_t size,
		   enum store_writing writing) MUST_CHECK;
fallible azure_upload_begin(struct store *store, const char *name, enum store_writing writing,
			    struct store_upload **upload) MUST_CHECK;
fallible azure_upload_write(struct store_upload *upload, const char *bytes, size_t size) MUST_CHECK;
fallible azure_upload_end(struct store_upload *upload) MUST_CHECK;
void azure_upload_free(struct store_upload *upload);
fallible azure_remove(struct store *store, const char *name) MUST_CHECK;
fallible azure_look(struct store *store, const char *name, bool *found, struct store_object *object) MUST_CHECK;
fallible azure_get(struct store *store, const char *name, uint64_t offset, uint64_t size,
		   const struct sink *out) MUST_CHECK;
fallible azure_list(struct store *store, const char *prefix, store_lister *lister, void *state) MUST_CHECK;
fallible azure_time(struct store *store, const char *scratch, int64_t *now) MUST_CHECK;

#endif
