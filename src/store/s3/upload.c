/* Objects written piece by piece: what fits into one part goes in one request, all else as a multipart upload. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/s3/s3.h"
#include "store/web.h"
#include "store/xml.h"

#define PART_SIZE ((size_t)8 << 20)
#define PARTS_OF_A_SIZE 2000 /* then parts are twice as large: there are 10,000 at most */

struct s3_upload {
	struct store_upload upload;
	struct s3_creating creating;
	char *name;
	char *id; /* of the multipart upload; NULL: there is none yet */
	struct store_pieces unsent;
	struct strings tags, sums; /* of the parts so far; a sum may be "" */
};

static struct s3_upload *own(struct store_upload *upload)
{
	return (struct s3_upload *)upload;
}

static size_t part_size(const struct s3_upload *upload)
{
	return PART_SIZE << upload->tags.count / PARTS_OF_A_SIZE;
}

fallible s3_upload_begin(struct store *store, const char *name, enum store_writing writing,
			 struct store_upload **upload)
{
	struct s3_upload *begun = mem_new(1, sizeof *begun);
	begun->name = text_copy(name);
	begun->creating = (struct s3_creating){.name = begun->name, .writing = writing};
	struct error *error = s3_creating_begin(s3_of(store), &begun->creating);
	*upload = &begun->upload;
	if (error) {
		free(begun->name);
		free(begun);
	}
	return error;
}

/* ---- the requests of a multipart upload ---- */

struct wanted {
	const char *path;
	char *text;
};

static fallible take_wanted(void *state, const char *path, const char *text)
{
	struct wanted *wanted = state;
	if (!wanted->text && !strcmp(path, wanted->path))
		wanted->text = text_copy(text);
	return NULL;
}

static fallible start(struct s3 *s3, struct s3_upload *upload)
{
	AUTO(s3_call) struct s3_call call = {
		.method = "POST", .name = upload->name, .body = "", .checksum = S3_CHECKSUM_TO_COME};
	AUTO(http_answer) struct http_answer answer = {0};
	struct wanted wanted = {.path = "/InitiateMultipartUploadResult/UploadId"};
	s3_parameter(&call, "uploads", "");
	s3_kind_headers(s3, &upload->creating, &call);
	TRY(s3_send(s3, &call, &answer));
	TRY(error_wrap(store_xml_read(str_text(&answer.body), answer.body.size, take_wanted, &wanted),
		       "%s%s: the server's answer", s3->name, upload->name));
	upload->id = wanted.text;
	return upload->id ? NULL : error_new(ERR_FAILED, "%s%s: the server gives no upload id", s3->name, upload->name);
}

static fallible send_part(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size)
{
	if (!upload->id)
		TRY(start(s3, upload));
	AUTO(memory) char *number = text_format("%zu", upload->tags.count + 1);
	AUTO(s3_call) struct s3_call call = {.method = "PUT",
					     .name = upload->name,
					     .body = bytes,
					     .body_size = size,
					     .checksum = S3_CHECKSUM_OF_BODY};
	AUTO(http_answer) struct http_answer answer = {0};
	s3_parameter(&call, "partNumber", number);
	s3_parameter(&call, "uploadId", upload->id);
	TRY(s3_send(s3, &call, &answer));
	const char *tag = http_header(&answer, "ETag"), *sum = http_header(&answer, "x-amz-checksum-sha256");
	if (!tag)
		return error_new(ERR_FAILED, "%s%s: the server gives no ETag of a part", s3->name, upload->name);
	strings_add(&upload->tags, tag);
	strings_add(&upload->sums, sum ? sum : "");
	return NULL;
}

static void add_escaped(struct str *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("<>&", *text))
			str_add_format(out, "&#%d;", *text);
		else
			str_add_char(out, *text);
	}
}

static void add_parts(const struct s3_upload *upload, struct str *body)
{
	str_add(body, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
	for (size_t i = 0; i < upload->tags.count; i++) {
		str_add_format(body, "<Part><PartNumber>%zu</PartNumber><ETag>", i + 1);
		add_escaped(body, upload->tags.items[i]);
		str_add(body, "</ETag>");
		if (*upload->sums.items[i]) {
			str_add(body, "<ChecksumSHA256>");
			add_escaped(body, upload->sums.items[i]);
			str_add(body, "</ChecksumSHA256>");
		}
		str_add(body, "</Part>");
	}
	str_add(body, "</CompleteMultipartUpload>");
}

/* The upload is gone: whoever asked before, and got no answer, had ended it, or it was taken away. */
static fallible gone(struct s3 *s3, const struct s3_upload *upload)
{
	bool found;
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(s3_head(s3, upload->name, &found, &answer));
	if (found && text_equal(http_header(&answer, S3_MARK), upload->creating.mark))
		return NULL;
	return error_new(ERR_FAILED, "%s%s: the server has lost the upload, or somebody ended it", s3->name,
			 upload->name);
}

static fallible complete(struct s3 *s3, struct s3_upload *upload)
{
	AUTO(str) struct str body = {0};
	add_parts(upload, &body);
	bool again;
	do {
		AUTO(s3_call) struct s3_call call = {.method = "POST",
						     .name = upload->name,
						     .body = body.data,
						     .body_size = body.size,
						     .error_within = true};
		AUTO(http_answer) struct http_answer answer = {0};
		s3_parameter(&call, "uploadId", upload->id);
		s3_creating_condition(s3, &upload->creating, &call);
		call.tolerated[2] = 404;
		TRY(s3_send(s3, &call, &answer));
		if (answer.status == 404)
			return gone(s3, upload);
		TRY(s3_creating_end(s3, &upload->creating, &answer, &again));
	} while (again);
	return NULL;
}

/* ---- the driver's functions ---- */

struct sending {
	struct s3 *s3;
	struct s3_upload *upload;
};

static size_t next_size(void *state)
{
	return part_size(((struct sending *)state)->upload);
}

static fallible send_next(void *state, const char *bytes, size_t size)
{
	struct sending *sending = state;
	return send_part(sending->s3, sending->upload, bytes, size);
}

fallible s3_upload_write(struct store_upload *upload, const char *bytes, size_t size)
{
	struct sending sending = {.s3 = s3_of(upload->store), .upload = own(upload)};
	const struct store_piecewise by = {.piece_size = next_size, .send = send_next, .state = &sending};
	return store_pieces_write(&sending.upload->unsent, &by, bytes, size);
}

fallible s3_upload_end(struct store_upload *upload)
{
	struct s3 *s3 = s3_of(upload->store);
	struct s3_upload *ending = own(upload);
	const struct store_pieces *unsent = &ending->unsent;
	if (!ending->id)
		return s3_put_whole(s3, &ending->creating, unsent->size ? unsent->buffer : "", unsent->size);
	if (unsent->size)
		TRY(send_part(s3, ending, unsent->buffer, unsent->size));
	return complete(s3, ending);
}

static fallible take_away(struct s3 *s3, struct s3_upload *upload)
{
	AUTO(s3_call) struct s3_call call = {
		.method = "DELETE", .name = upload->name, .tolerated = {404}, .parting = true};
	AUTO(http_answer) struct http_answer answer = {0};
	s3_parameter(&call, "uploadId", upload->id);
	return s3_send(s3, &call, &answer);
}

/* Parts that stay nevertheless are in nobody's way, and a rule of the bucket removes them
 * (AbortIncompleteMultipartUpload). */
void s3_upload_free(struct store_upload *upload)
{
	struct s3_upload *ending = own(upload);
	if (ending->id && !upload->ended)
		error_ignore(take_away(s3_of(upload->store), ending));
	free(ending->name);
	free(ending->id);
	store_pieces_cleanup(&ending->unsent);
	strings_cleanup(&ending->tags);
	strings_cleanup(&ending->sums);
}
