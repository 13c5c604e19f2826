/* Multipart uploads that nobody goes on with (ListMultipartUploads). All of the bucket's are listed: MinIO takes a
 * prefix only where it is a whole name. Keys come as they are: "+" is how some servers encode a blank, and some do not.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/name.h"
#include "store/s3/upload.h"
#include "store/xml.h"

#define PAGE_LIMIT ((size_t)16 << 20)

struct tidying {
	struct s3 *s3;
	store_chooser *is_ours;
	int64_t before;
	struct strings names, ids; /* of those that go */
	/* of the page */
	bool more;
	char *next_key, *next_id;
	/* of the entry */
	char *key, *id;
	int64_t begun;
};

static void set(char **text, const char *value)
{
	free(*text);
	*text = text_copy(value);
}

/* One without a time is left alone. */
static void end_entry(struct tidying *tidying)
{
	const char *prefix = tidying->s3->prefix;
	const char *name = tidying->key && text_starts(tidying->key, prefix) ? tidying->key + strlen(prefix) : "";
	if (tidying->id && tidying->begun && tidying->begun < tidying->before && store_name_valid(name) &&
	    tidying->is_ours(name)) {
		strings_add(&tidying->names, name);
		strings_add(&tidying->ids, tidying->id);
	}
	set(&tidying->key, NULL);
	set(&tidying->id, NULL);
	tidying->begun = 0;
}

#define PAGE "/ListMultipartUploadsResult/"
#define ENTRY PAGE "Upload"

static fallible take_element(void *state, const char *path, const char *text)
{
	struct tidying *tidying = state;
	if (!strcmp(path, ENTRY "/Key"))
		set(&tidying->key, text);
	else if (!strcmp(path, ENTRY "/UploadId"))
		set(&tidying->id, text);
	else if (!strcmp(path, ENTRY "/Initiated"))
		tidying->begun = store_time_of(text);
	else if (!strcmp(path, ENTRY))
		end_entry(tidying);
	else if (!strcmp(path, PAGE "IsTruncated"))
		tidying->more = !strcmp(text, "true");
	else if (!strcmp(path, PAGE "NextKeyMarker"))
		set(&tidying->next_key, text);
	else if (!strcmp(path, PAGE "NextUploadIdMarker"))
		set(&tidying->next_id, text);
	return NULL;
}

static fallible list_page(struct tidying *tidying)
{
	AUTO(s3_call) struct s3_call call = {.method = "GET", .answer_limit = PAGE_LIMIT};
	AUTO(http_answer) struct http_answer answer = {0};
	AUTO(memory) char *key = tidying->next_key, *id = tidying->next_id;
	tidying->next_key = tidying->next_id = NULL;
	tidying->more = false;
	s3_parameter(&call, "uploads", "");
	if (key)
		s3_parameter(&call, "key-marker", key);
	if (key && id)
		s3_parameter(&call, "upload-id-marker", id);
	TRY(s3_send(tidying->s3, &call, &answer));
	TRY(error_wrap(store_xml_read(str_text(&answer.body), answer.body.size, take_element, tidying),
		       "%s: the server's list of uploads", tidying->s3->name));
	bool stands = text_equal(key, tidying->next_key) && text_equal(id, tidying->next_id);
	if (tidying->more && (!tidying->next_key || stands))
		return error_new(ERR_FAILED, "%s: the server does not say where its list of uploads goes on",
				 tidying->s3->name);
	return NULL;
}

static fallible tidy(struct tidying *tidying, size_t *count)
{
	do
		TRY(list_page(tidying));
	while (tidying->more);
	for (size_t i = 0; i < tidying->ids.count; i++) {
		TRY(s3_multipart_abort(tidying->s3, tidying->names.items[i], tidying->ids.items[i], false));
		++*count;
	}
	return NULL;
}

fallible s3_multipart_tidy(struct s3 *s3, store_chooser *is_ours, int64_t before, size_t *count)
{
	struct tidying tidying = {.s3 = s3, .is_ours = is_ours, .before = before};
	struct error *error = tidy(&tidying, count);
	strings_cleanup(&tidying.names);
	strings_cleanup(&tidying.ids);
	char *texts[] = {tidying.next_key, tidying.next_id, tidying.key, tidying.id};
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	return error;
}
