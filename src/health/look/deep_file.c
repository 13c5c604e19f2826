/* A file of a few bytes that one replica takes, the others are to have, and the first one removes again. */
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/percent.h"
#include "base/random.h"
#include "health/look/deep_inner.h"

#define PATH "/api/v1/files/"
#define REMOVE_MS 900
#define AGAIN_MS 500 /* a folder on a file server may be seen a little later by the others */

struct deep_file {
	char *name, *content, *id; /* id NULL: not known */
	bool asked, removed;	   /* it was sent; nothing of it is there any more */
};

static char *path_of(const struct deep_file *file, const char *end)
{
	AUTO(str) struct str id = {0};
	percent_encode(&id, file->id, strlen(file->id), "");
	return text_format(PATH "%s%s", str_text(&id), end);
}

/* ---- reading it through the others ---- */

/* 404 of a folder that lacks it; 400 where a provider of storage does (routers/files.py). All else tells nothing. */
static bool is_missing(const struct probe_answer *answer)
{
	long status = answer->http.status;
	return !answer->failure && (status == 200 || status == 400 || status == 404);
}

static void take_content(struct deep_looking *looking, size_t at, struct probe_answer *answer)
{
	const struct deep_file *file = looking->file;
	struct deep_try *one = &looking->sight->places[at].file;
	const struct str *body = &answer->http.body;
	bool same = !answer->failure && answer->http.status == 200 && body->size == strlen(file->content) &&
		    !memcmp(str_text(body), file->content, body->size);
	if (same)
		deep_works(one, answer);
	else
		deep_fails(looking, one, is_missing(answer) ? DEEP_FAILS : DEEP_UNKNOWN, answer);
	if (one->standing == DEEP_FAILS && answer->http.status == 200) {
		free(one->why);
		one->why = text_copy("it has another content there");
	}
}

static void read_it(struct deep_looking *looking)
{
	struct deep_file *file = looking->file;
	AUTO(memory) char *path = path_of(file, "/content");
	for (size_t i = 0; i < deep_replicas(looking); i++)
		if (deep_is_in(looking, i) && i != looking->sight->file_of &&
		    looking->sight->places[i].file.standing != DEEP_WORKS)
			deep_put(looking, i, path, looking->tokens[i], NULL, (struct probe_request){0}, take_content);
}

static bool some_fail(const struct deep_looking *looking)
{
	bool fails = false;
	for (size_t i = 0; i < deep_replicas(looking); i++)
		fails |= looking->sight->places[i].file.standing == DEEP_FAILS;
	return fails;
}

/* ---- writing it ---- */

/* It goes into the path of a DELETE: one that no Open WebUI gives is none. */
static char *id_of(const json_t *object)
{
	const char *id = json_string_value(json_object_get(object, "id"));
	return id && text_is_uuid(id) ? text_copy(id) : NULL;
}

/* 408 and 499 say that it was the way that was too slow. */
static bool is_refusal(long status)
{
	return status / 100 == 4 && status != 408 && status != 499;
}

static void take_upload(struct deep_looking *looking, size_t at UNUSED, struct probe_answer *answer)
{
	struct deep_file *file = looking->file;
	struct deep_try *one = &looking->sight->upload;
	json_auto_t *object = answer_object(answer);
	bool refused = !answer->failure && is_refusal(answer->http.status);
	file->id = id_of(object);
	file->removed = refused || answer->end == PROBE_REFUSED; /* there is nothing to remove */
	if (file->id)
		deep_works(one, answer);
	else /* this account may not, or no file of this kind */
		deep_fails(looking, one, refused ? DEEP_UNKNOWN : DEEP_FAILS, answer);
}

static void upload(struct deep_looking *looking)
{
	static const char *const headers[] = {"Content-Type: multipart/form-data; boundary=owctl-health", NULL};
	struct deep_file *file = looking->file;
	char *body = text_format("--owctl-health\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
				 "Content-Type: text/plain\r\n\r\n%s\r\n--owctl-health--\r\n",
				 file->name, file->content);
	file->asked = true;
	size_t at = looking->sight->file_of;
	deep_put(looking, at, PATH "?process=false", looking->tokens[at], body,
		 (struct probe_request){.method = "POST", .headers = headers}, take_upload);
}

/* ---- removing it ---- */

static void take_removal(struct deep_looking *looking, size_t at UNUSED, struct probe_answer *answer)
{
	struct deep_file *file = looking->file;
	struct deep_sight *sight = looking->sight;
	file->removed = !answer->failure && (answer->http.status == 200 || answer->http.status == 404);
	if (file->removed)
		return;
	AUTO(memory) char *why = deep_why(looking, answer);
	free(sight->left);
	sight->left = text_format("%s: %s", file->name, why);
}

static void remove_it(struct deep_looking *looking)
{
	AUTO(memory) char *path = path_of(looking->file, "");
	size_t at = looking->sight->file_of;
	const struct probe_request request = {.method = "DELETE"};
	deep_put(looking, at, path, looking->tokens[at], NULL, request, take_removal);
}

/* Whoever was sent it may have taken it, and its answer was lost: it is looked for by its name. */
static void take_search(struct deep_looking *looking, size_t at UNUSED, struct probe_answer *answer)
{
	struct deep_file *file = looking->file;
	json_auto_t *list = answer->failure || answer->http.status != 200
				    ? NULL
				    : json_loadb(str_text(&answer->http.body), answer->http.body.size, 0, NULL);
	const json_t *found = json_array_get(list, 0);
	bool ours = text_equal(json_string_value(json_object_get(found, "filename")), file->name);
	file->id = ours ? id_of(found) : NULL;
	if (file->id)
		remove_it(looking);
	else
		looking->sight->left = text_format(
			"%s: the answer to its upload was lost, and it is not there yet", file->name);
}

static void find_and_remove(struct deep_looking *looking)
{
	const struct deep_file *file = looking->file;
	size_t at = looking->sight->file_of;
	AUTO(memory) char *path = text_format(PATH "search?content=false&filename=%s", file->name);
	if (file->id)
		remove_it(looking);
	else
		deep_put(looking, at, path, looking->tokens[at], NULL, (struct probe_request){0}, take_search);
}

static fallible remove_again(struct deep_looking *looking)
{
	const struct deep_file *file = looking->file;
	struct error *error = NULL;
	if (file->asked && !file->removed)
		error = deep_run_parting(looking, find_and_remove, REMOVE_MS);
	if (file->asked && !file->removed && !looking->sight->left)
		looking->sight->left = text_format("%s: there was no answer", file->name);
	if (looking->sight->left && cancel_by_signal()) /* nobody will look at what was seen */
		log_warning("%s may have been left among the uploads of %s", looking->sight->left,
			    looking->replicas[looking->sight->file_of]->name);
	return error;
}

/* ---- all of it ---- */

static fallible go_round(struct deep_looking *looking)
{
	TRY(deep_run(looking, upload));
	if (!looking->file->id)
		return NULL;
	TRY(deep_run(looking, read_it));
	if (!some_fail(looking) || clock_monotonic_ms() + 2 * AGAIN_MS > looking->deadline_ms)
		return NULL;
	cancel_sleep(AGAIN_MS);
	return deep_run(looking, read_it);
}

static size_t count_in(const struct deep_looking *looking)
{
	size_t count = 0;
	for (size_t i = 0; i < deep_replicas(looking); i++)
		count += deep_is_in(looking, i);
	return count;
}

fallible deep_file(struct deep_looking *looking)
{
	char uuid[UUID_TEXT_SIZE];
	struct deep_sight *sight = looking->sight;
	sight->file_of = deep_first_in(looking);
	if (!sight->writes || count_in(looking) < 2 || !look_wants(looking->look, "OW215"))
		return NULL;
	random_uuid(uuid);
	struct deep_file file = {.name = text_format(PROBE_PREFIX "%s.txt", uuid),
				 .content = text_format("owctl looks whether all replicas have this file: %s", uuid)};
	looking->file = &file;
	struct error *error = go_round(looking);
	struct error *unremoved = remove_again(looking);
	looking->file = NULL;
	free(file.name);
	free(file.content);
	free(file.id);
	return error_first(error, unremoved);
}
