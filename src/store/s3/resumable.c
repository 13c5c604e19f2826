/* Large objects by a resumable upload of Google's: chunk after chunk to a session, and nothing is there before the last
 * one. A session that nobody ends is gone after a week and costs nothing. Bytes at an offset that the server has
 * already are passed over, so a chunk may be sent again. Sources: "Initiate a resumable upload" of the XML API
 * reference, "Perform resumable uploads", Cloud Storage documentation. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/percent.h"
#include "store/s3/upload.h"

#define MOST_STANDSTILLS 5 /* answers in a row by which the server has taken nothing */

/* The value of upload_id in the address of the session; the rest of it names a host that need not be the one that owctl
 * is to talk to. */
static char *session_of(const char *location)
{
	static const char parameter[] = "upload_id=";
	const char *query = location ? strchr(location, '?') : NULL;
	const char *at = query ? strstr(query, parameter) : NULL;
	AUTO(str) struct str id = {0};
	if (!at)
		return NULL;
	at += sizeof parameter - 1;
	return percent_decode(&id, at, strcspn(at, "&")) && id.size ? str_take(&id) : NULL;
}

static fallible start(struct s3 *s3, struct s3_upload *upload)
{
	AUTO(s3_call) struct s3_call call = {.method = "POST", .name = upload->name, .body = ""};
	AUTO(http_answer) struct http_answer answer = {0};
	bool again;
	s3_header(&call, "x-goog-resumable: start");
	s3_kind_headers(s3, &upload->creating, &call);
	s3_creating_condition(s3, &upload->creating, &call);
	TRY(s3_send(s3, &call, &answer));
	TRY(s3_creating_end(s3, &upload->creating, &answer, &again));
	upload->id = session_of(http_header(&answer, "Location"));
	return upload->id ? NULL
			  : error_new(ERR_FAILED, "%s%s: the server opens no session", s3->name, upload->name);
}

/* Of the bytes that follow what the server has; the total stands in it when these are the last ones. */
static void add_range(struct s3_call *call, uint64_t from, size_t size, bool last)
{
	AUTO(memory) char *total = last ? text_format("%" PRIu64, from + size) : text_copy("*");
	if (size)
		s3_header(call, "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%s", from, from + size - 1, total);
	else
		s3_header(call, "Content-Range: bytes */%s", total);
}

/* How far the server is, by its "Range: bytes=0-99"; without one it has nothing. */
static fallible read_progress(const struct s3 *s3, const struct s3_upload *upload, const struct http_answer *answer,
			      size_t size, size_t *taken)
{
	static const char start_of[] = "bytes=0-";
	const char *range = http_header(answer, "Range");
	uint64_t has = range && text_starts(range, start_of) ? strtoull(range + sizeof start_of - 1, NULL, 10) + 1 : 0;
	if (has < upload->sent || has - upload->sent > size)
		return error_new(ERR_FAILED, "%s%s: the server has other bytes of it than were sent", s3->name,
				 upload->name);
	*taken = (size_t)(has - upload->sent);
	return NULL;
}

static fallible send_once(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size, bool last,
			  struct http_answer *answer)
{
	AUTO(s3_call) struct s3_call call = {.method = "PUT",
					     .name = upload->name,
					     .body = bytes,
					     .body_size = size,
					     .tolerated = {308, 404, 410, 412}};
	s3_parameter(&call, "upload_id", upload->id);
	add_range(&call, upload->sent, size, last);
	return s3_send(s3, &call, answer);
}

static fallible send_all(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size, bool last)
{
	int standstills = 0;
	while (size || last) {
		size_t taken = 0;
		bool again;
		AUTO(http_answer) struct http_answer answer = {0};
		TRY(send_once(s3, upload, bytes, size, last, &answer));
		if (answer.status == 404 || answer.status == 410)
			return s3_upload_gone(s3, upload);
		if (answer.status < 300 && !last)
			return error_new(ERR_FAILED, "%s%s: the server takes a part for all of it", s3->name,
					 upload->name);
		if (answer.status != 308)
			return s3_creating_end(s3, &upload->creating, &answer, &again);
		TRY(read_progress(s3, upload, &answer, size, &taken));
		standstills = taken ? 0 : standstills + 1;
		if (standstills == MOST_STANDSTILLS)
			return error_new(ERR_FAILED, "%s%s: the server takes no more of it", s3->name, upload->name);
		bytes += taken;
		size -= taken;
		upload->sent += taken;
	}
	return NULL;
}

static fallible send_chunk(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size)
{
	return send_all(s3, upload, bytes, size, false);
}

static fallible finish(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size)
{
	return send_all(s3, upload, bytes, size, true);
}

/* 499 is how the server says that it is done. */
static fallible abandon(struct s3 *s3, struct s3_upload *upload)
{
	AUTO(s3_call) struct s3_call call = {
		.method = "DELETE", .name = upload->name, .tolerated = {404, 410, 499}, .parting = true};
	AUTO(http_answer) struct http_answer answer = {0};
	s3_parameter(&call, "upload_id", upload->id);
	return s3_send(s3, &call, &answer);
}

const struct s3_transfer s3_resumable = {start, send_chunk, finish, abandon, NULL};
