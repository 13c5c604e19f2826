/* What the stores that are asked over HTTP have in common: what an answer tells, an object that is read over several
 * connections, and one that is written in pieces. Only for the drivers. */
#ifndef STORE_WEB_H
#define STORE_WEB_H

#include "net/http.h"
#include "store/store.h"

/* ---- what an answer tells (web.c) ---- */

int64_t store_time_of(const char *text); /* ns since 1970, of "2026-11-29T11:22:33.123Z" or an HTTP date; 0: neither */
bool store_number_of(const char *text, uint64_t *number); /* false: it does not begin with a digit; NULL is fine */

/* The value of a variable of the environment; NULL where it is empty. */
const char *store_environment(const char *name);

/* How connections of a store are made. `ca_file` may be NULL; borrowed. */
struct http_options store_http_options(const struct store_options *options, const char *ca_file);

/* What a server says, to be repeated: without `secret` (may be NULL), safe for a terminal, at most some 300 bytes; ""
 * for NULL. To be freed. */
char *store_shown(const char *text, const char *secret) MUST_CHECK;

/* Makes a refusal ERR_SETTINGS, with how far this machine's clock is from the server's as its hint. */
fallible store_clock_hint(struct error *error, const struct http_answer *answer) MUST_CHECK;

/* Size and time of an object, as the answer to HEAD tells them. `place` is what stands before its name in messages. */
fallible store_look_at(const char *place, const char *name, const struct http_answer *answer,
		       struct store_object *object) MUST_CHECK;

/* ---- listing (web_list.c) ---- */

/* An entry of a list in XML, while its elements come. */
struct store_entry {
	struct str name, tag;
	uint64_t size;
	int64_t modified;
};
/* The paths of these elements. */
struct store_entry_form {
	const char *name, *tag, *size, *modified;
};
void store_entry_cleanup(struct store_entry *entry);
/* False: the element is none of them. */
bool store_entry_take(struct store_entry *entry, const struct store_entry_form *form, const char *path,
		      const char *text);
/* Borrowed, as it is until the entry is cleared; its name without the first `prefix` bytes. */
struct store_object store_entry_object(const struct store_entry *entry, size_t prefix);
void store_entry_clear(struct store_entry *entry);

/* ---- reading (web_get.c) ---- */

/* What a server may have summed up an object by. */
#define STORE_SUM_MOST 32
struct store_sum {
	const char *name;
	size_t size;
	bool (*make)(const void *bytes, size_t size, unsigned char *sum); /* false: it can't be had here */
};
extern const struct store_sum store_sha256, store_md5;

/* A body that breaks off is gone on with from there, if it is still the same object. Begins with what is asked for, the
 * others 0; `place` is what stands before the name in messages. */
struct store_getting {
	const char *place, *name;
	uint64_t offset, size; /* 0: all that follows */
	const struct sink *out;
	uint64_t got, expected;
	char *tag; /* of the first answer with a body; freed by the cleanup */
	long good; /* the status that a body is to have */
	const struct store_sum *sum; /* NULL: nothing is checked; else */
	unsigned char told[STORE_SUM_MOST];
	struct str bytes; /* so far; freed by the cleanup */
};
void store_getting_cleanup(struct store_getting *getting);

/* Before each try: adds the headers by which what is not there yet is asked for. */
void store_getting_ask(struct store_getting *getting, struct strings *headers);
/* Before the first byte of a body: the server must have taken the range as it was meant, and the object be the one that
 * the first bytes were of. */
fallible store_getting_begin(struct store_getting *getting, const struct http_answer *answer) MUST_CHECK;
/* Behind that: `told` (Base64, up to the end or a comma; NULL: none) is what the server has as the sum of the whole. Of
 * an object up to 1 MiB that is asked for as a whole it is compared in the end; a larger one its reader checks himself.
 */
void store_getting_expect(struct store_getting *getting, const struct store_sum *sum, const char *told);
fallible store_getting_take(struct store_getting *getting, const char *bytes, size_t size) MUST_CHECK;
/* What the last answer means: a success, one of 412 or 416 (there is nothing from `offset` on). ERR_INPUT where the sum
 * is another one. */
fallible store_getting_end(const struct store_getting *getting, const struct http_answer *answer) MUST_CHECK;

/* ---- writing (web_pieces.c) ---- */

/* What was written and not sent yet. Of a large write whole pieces are sent as they lie in the caller's memory. */
struct store_pieces {
	char *buffer;
	size_t size, room;
};
void store_pieces_cleanup(struct store_pieces *pieces);

struct store_piecewise {
	size_t (*piece_size)(void *state); /* of the next one */
	fallible (*send)(void *state, const char *bytes, size_t size);
	void *state;
};
/* A full piece waits until more comes: what was the last one may be all. */
fallible store_pieces_write(struct store_pieces *pieces, const struct store_piecewise *by, const char *bytes,
			    size_t size) MUST_CHECK;

#endif
