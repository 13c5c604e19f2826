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
	struct store_entry entry;
	bool encoded, folder;
};

static fallible decode(const struct listing *listing, struct str *name)
{
	AUTO(str) struct str plain = {0};
	if (!listing->encoded)
		return NULL;
	if (!percent_decode(&plain, name->data, name->size))
		return error_new(ERR_FAILED, "%s: the server lists a name that can't be decoded", listing->azure->name);
	str_set(name, str_text(&plain));
	return NULL;
}

static fallible end_entry(struct listing *listing)
{
	const char *prefix = listing->azure->prefix;
	TRY(decode(listing, &listing->entry.name));
	if (!text_starts(str_text(&listing->entry.name), prefix))
		return error_new(ERR_FAILED, "%s: the server lists what was not asked for", listing->azure->name);
	struct store_object object = store_entry_object(&listing->entry, strlen(prefix));
	struct error *error = NULL;
	if (store_name_valid(object.name) && !listing->folder)
		error = azure_order_add(listing->order, &object);
	store_entry_clear(&listing->entry);
	listing->encoded = listing->folder = false;
	return error;
}

#define PAGE "/EnumerationResults/"
#define ENTRY PAGE "Blobs/Blob"

static fallible take_element(void *state, const char *path, const char *text)
{
	static const struct store_entry_form form = {ENTRY "/Name", ENTRY "/Properties/Etag",
						     ENTRY "/Properties/Content-Length",
						     ENTRY "/Properties/Last-Modified"};
	struct listing *listing = state;
	if (store_entry_take(&listing->entry, &form, path, text))
		return NULL;
	if (!strcmp(path, ENTRY "/Name/@Encoded"))
		listing->encoded = !strcmp(text, "true");
	else if (!strcmp(path, ENTRY "/Properties/ResourceType")) /* of accounts with a hierarchical namespace */
		listing->folder = !strcmp(text, "directory");
	else if (!strcmp(path, PAGE "NextMarker"))
		str_set(&listing->next, text);
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
	store_entry_cleanup(&listing.entry);
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
