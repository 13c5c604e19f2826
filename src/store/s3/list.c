/* ListObjectsV2, page by page. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/percent.h"
#include "store/name.h"
#include "store/s3/s3.h"
#include "store/web.h"
#include "store/xml.h"

#define PAGE_LIMIT ((size_t)16 << 20) /* 1,000 keys of 1,024 bytes, each of them encoded, and all else */

struct listing {
	const struct s3 *s3;
	store_lister *lister;
	void *state;
	/* of the page */
	bool encoded, more;
	struct str next; /* where the next page begins */
	/* of the entry */
	struct store_entry entry;
	struct str last; /* the key before */
};

/* As in a form, where "+" is a blank; %2B is one. */
static fallible decode(const struct listing *listing, struct str *key)
{
	AUTO(str) struct str plain = {0};
	if (!listing->encoded)
		return NULL;
	for (size_t i = 0; i < key->size; i++)
		key->data[i] = key->data[i] == '+' ? ' ' : key->data[i];
	if (!percent_decode(&plain, key->data, key->size))
		return error_new(ERR_FAILED, "%s: the server lists a key that can't be decoded", listing->s3->name);
	str_set(key, str_text(&plain));
	return NULL;
}

static fallible end_entry(struct listing *listing)
{
	const char *prefix = listing->s3->prefix;
	TRY(decode(listing, &listing->entry.name));
	const char *key = str_text(&listing->entry.name);
	if (!text_starts(key, prefix) || strcmp(str_text(&listing->last), key) >= 0)
		return error_new(ERR_FAILED, "%s: the server's list is not in order", listing->s3->name);
	str_set(&listing->last, key);
	struct store_object object = store_entry_object(&listing->entry, strlen(prefix));
	struct error *error = store_name_valid(object.name) ? listing->lister(listing->state, &object) : NULL;
	store_entry_clear(&listing->entry);
	return error;
}

#define PAGE "/ListBucketResult/"
#define ENTRY PAGE "Contents"

static fallible take_element(void *state, const char *path, const char *text)
{
	static const struct store_entry_form form = {ENTRY "/Key", ENTRY "/ETag", ENTRY "/Size", ENTRY "/LastModified"};
	struct listing *listing = state;
	bool taken = store_entry_take(&listing->entry, &form, path, text);
	return !taken && !strcmp(path, ENTRY) ? end_entry(listing) : NULL;
}

/* What holds for the page may stand behind its entries, so it is read first. */
static fallible take_page_element(void *state, const char *path, const char *text)
{
	struct listing *listing = state;
	if (!strcmp(path, PAGE "EncodingType"))
		listing->encoded = !strcmp(text, "url");
	else if (!strcmp(path, PAGE "IsTruncated"))
		listing->more = !strcmp(text, "true");
	else if (!strcmp(path, PAGE "NextContinuationToken"))
		str_set(&listing->next, text);
	return NULL;
}

static fallible send(struct s3 *s3, const char *prefix, const char *most, const char *from, struct http_answer *answer)
{
	AUTO(s3_call) struct s3_call call = {.method = "GET", .answer_limit = PAGE_LIMIT};
	s3_parameter(&call, "list-type", "2");
	if (s3->dialect->encodes_lists)
		s3_parameter(&call, "encoding-type", "url");
	s3_parameter(&call, "max-keys", most);
	s3_parameter(&call, "prefix", prefix);
	if (*from)
		s3_parameter(&call, "continuation-token", from);
	return s3_send(s3, &call, answer);
}

fallible s3_first_page(struct s3 *s3, struct http_answer *answer)
{
	struct listing page = {0};
	TRY(send(s3, s3->prefix, "1", "", answer));
	struct error *error = store_xml_read(str_text(&answer->body), answer->body.size, take_page_element, &page);
	str_cleanup(&page.next);
	return error_hint(error_wrap(error, "%s: the server does not speak S3", s3->name),
			  "check endpoint= of the location: it may be that of a web page, or of another service");
}

static fallible list_page(struct s3 *s3, const char *prefix, struct listing *listing)
{
	AUTO(http_answer) struct http_answer answer = {0};
	AUTO(memory) char *from = text_copy(str_text(&listing->next));
	TRY(send(s3, prefix, "1000", from, &answer));
	listing->encoded = listing->more = false;
	str_clear(&listing->next);
	TRY(error_wrap(store_xml_read(str_text(&answer.body), answer.body.size, take_page_element, listing),
		       "%s: the server's list", s3->name));
	TRY(store_xml_read(str_text(&answer.body), answer.body.size, take_element, listing));
	if (listing->more && (!listing->next.size || !strcmp(from, listing->next.data)))
		return error_new(ERR_FAILED, "%s: the server does not say where its list goes on", s3->name);
	return NULL;
}

fallible s3_list(struct store *store, const char *prefix, store_lister *lister, void *state)
{
	struct s3 *s3 = s3_of(store);
	AUTO(memory) char *whole = text_format("%s%s", s3->prefix, prefix);
	struct listing listing = {.s3 = s3, .lister = lister, .state = state};
	struct error *error;
	do
		error = list_page(s3, whole, &listing);
	while (!error && listing.more);
	str_cleanup(&listing.next);
	store_entry_cleanup(&listing.entry);
	str_cleanup(&listing.last);
	return error;
}

/* Any answer has the server's time. */
fallible s3_time(struct store *store, const char *scratch, int64_t *now)
{
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(s3_first_page(s3_of(store), &answer));
	const char *date = http_header(&answer, "Date");
	*now = date ? store_time_of(date) : 0;
	if (*now)
		return NULL;
	bool found;
	struct store_object object = {0};
	TRY(s3_put(store, scratch, "", 0, STORE_ANY));
	TRY(s3_look(store, scratch, &found, &object));
	*now = object.modified;
	return s3_remove(store, scratch);
}
