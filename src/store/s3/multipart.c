/* Large objects by a multipart upload. Parts of one that was cut off stay, unseen and paid for, until it is ended
 * (multipart_tidy.c), or a rule of the bucket does so (AbortIncompleteMultipartUpload). */
#include <string.h>

#include "base/memory.h"
#include "store/s3/upload.h"
#include "store/xml.h"

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
			return s3_upload_gone(s3, upload);
		TRY(s3_creating_end(s3, &upload->creating, &answer, &again));
	} while (again);
	return NULL;
}

static fallible finish(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size)
{
	if (size)
		TRY(send_part(s3, upload, bytes, size));
	return complete(s3, upload);
}

fallible s3_multipart_abort(struct s3 *s3, const char *name, const char *id, bool parting)
{
	AUTO(s3_call) struct s3_call call = {
		.method = "DELETE", .name = name, .tolerated = {404}, .parting = parting};
	AUTO(http_answer) struct http_answer answer = {0};
	s3_parameter(&call, "uploadId", id);
	return s3_send(s3, &call, &answer);
}

static fallible abandon(struct s3 *s3, struct s3_upload *upload)
{
	return s3_multipart_abort(s3, upload->name, upload->id, true);
}

const struct s3_transfer s3_multipart = {start, send_part, finish, abandon, s3_multipart_tidy};
