/* List Blobs, page by page. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/percent.h"
#include "store/azure/azure.h"
#include "store/azure/order.h"
#include "store/name.h"
#include "store/web.h"
#include "store/xml.h"

#define PAGE_LIMIT ((size_t)16 << 20) /* 1,000 names of 1,024 bytes, each of them encoded, and all else */

struct listing {
	const struct azure *azure;
	struct azure_order *order;
	struct str next; /* where the next page begins; "": this was the last */
	/* of the entry */
	struct str name, tag;
	bool encoded, folder;
	uint64_t size;
	int64_t modified;
};

static void set(struct str *str, const char *text)
{
	str_clear(str);
	str_add(str, text);
}

static fallible decode(const struct listing *listing, struct str *name)
{
	AUTO(str) struct str plain = {0};
	if (!listing->encoded)
		return NULL;
	if (!percent_decode(&plain, name->data, name->size))
		return error_new(ERR_FAILED, "%s: the server lists a name that can't be decoded", listing->azure->name);
	set(name, str_text(&plain));
	return NULL;
}

static fallible end_entry(struct listing *listing)
{
	TRY(decode(listing, &listing->name));
	const char *whole = str_text(&listing->name), *prefix = listing->azure->prefix;
	if (!text_starts(whole, prefix))
		return error_new(ERR_FAILED, "%s: the server lists what was not asked for", listing->azure->name);
	struct store_object object = {.name = whole + strlen(prefix),
				      .size = listing->size,
				      .modified = listing->modified,
				      .tag = listing->tag.size ? listing->tag.data : NULL};
	struct error *error = NULL;
	if (store_name_valid(object.name) && !listing->folder)
		error = azure_order_add(listing->order, &object);
	str_clear(&listing->name);
	str_clear(&listing->tag);
	listing->encoded = listing->folder = false;
	listing->size = 0;
	listing->modified = 0;
	return error;
}

#define PAGE "/EnumerationResults/"
#define ENTRY PAGE "Blobs/Blob"

static fallible take_element(void *state, const char *path, const char *text)
{
	struct listing *listing = state;
	if (!strcmp(path, ENTRY "/Name"))
		set(&listing->name, text);
	else if (!strcmp(path, ENTRY "/Name/@Encoded"))
		listing->encoded = !strcmp(text, "true");
	else if (!strcmp(path, ENTRY "/Properties/Etag"))
		set(&listing->tag, text);
	else if (!strcmp(path, ENTRY "/Properties/Content-Length"))
		listing->size = strtoull(text, NULL, 10);
	else if (!strcmp(path, ENTRY "/Properties/Last-Modified"))
		listing->modified = store_time_of(text);
	else if (!strcmp(path, ENTRY "/Properties/ResourceType")) /* of accounts with a hierarchical namespace */
		listing->folder = !strcmp(text, "directory");
	else if (!strcmp(path, PAGE "NextMarker"))
		set(&listing->next, text);
	else if (!strcmp(path, ENTRY))
		return end_entry(listing);
	return NULL;
}

static fallible send(struct azure *azure, const char *prefix, const char *most, const char *from,
		     struct http_answer *answer)
{
	AUTO(azure_call) struct azure_call call = {.method = "GET", .answer_limit = PAGE_LIMIT};
	azure_parameter(&call, "restype", "container");
	azure_parameter(&call, "comp", "list");
	azure_parameter(&call, "maxresults", most);
	if (*prefix)
		azure_parameter(&call, "prefix", prefix);
	if (*from)
		azure_parameter(&call, "marker", from);
	return azure_send(azure, &call, answer);
}

static fallible take_nothing(void *state, const char *path, const char *text)
{
	bool *is_list = state;
	(void)text;
	*is_list = *is_list || !strcmp(path, "/EnumerationResults");
	return NULL;
}

fallible azure_first_page(struct azure *azure, struct http_answer *answer)
{
	bool is_list = false;
	TRY(send(azure, azure->prefix, "1", "", answer));
	struct error *error = store_xml_read(str_text(&answer->body), answer->body.size, take_nothing, &is_list);
	if (!error && is_list)
		return NULL;
	error_ignore(error);
	return error_hint(error_new(ERR_INPUT, "%s: the server does not speak Azure Blob Storage", azure->name),
			  "check endpoint= of the location: it may be that of a web page, or of another service");
}

static fallible list_page(struct azure *azure, const char *prefix, struct listing *listing)
{
	AUTO(http_answer) struct http_answer answer = {0};
	AUTO(memory) char *from = text_copy(str_text(&listing->next));
	TRY(send(azure, prefix, "1000", from, &answer));
	str_clear(&listing->next);
	TRY(error_wrap(store_xml_read(str_text(&answer.body), answer.body.size, take_element, listing),
		       "%s: the server's list", azure->name));
	if (listing->next.size && !strcmp(from, listing->next.data))
		return error_new(ERR_FAILED, "%s: the server's list does not go on", azure->name);
	return NULL;
}

fallible azure_list(struct store *store, const char *prefix, store_lister *lister, void *state)
{
	struct azure *azure = azure_of(store);
	AUTO(memory) char *whole = text_format("%s%s", azure->prefix, prefix);
	AUTO(azure_order) struct azure_order order = {.place = azure->name, .lister = lister, .state = state};
	struct listing listing = {.azure = azure, .order = &order};
	struct error *error;
	do
		error = list_page(azure, whole, &listing);
	while (!error && listing.next.size);
	if (!error)
		error = azure_order_end(&order);
	str_cleanup(&listing.next);
	str_cleanup(&listing.name);
	str_cleanup(&listing.tag);
	return error;
}

/* Any answer has the server's time. */
fallible azure_time(struct store *store, const char *scratch, int64_t *now)
{
	(void)scratch;
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(azure_first_page(azure_of(store), &answer));
	const char *date = http_header(&answer, "Date");
	*now = date ? store_time_of(date) : 0;
	return *now ? NULL : error_new(ERR_FAILED, "%s: the server does not tell the time", azure_of(store)->name);
}
