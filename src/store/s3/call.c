/* One request to S3: its URL, its headers, signed anew for each try, and what is to be done with the answer. */
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crypto/md5.h"
#include "store/s3/s3.h"

struct sending {
	struct s3 *s3;
	struct s3_call *call;
	struct http_request request;
	struct str path, query;
	unsigned char hash[S3_HASH_SIZE]; /* of the body */
	char hex[S3_HEX_SIZE];
	struct s3_keys keys; /* of the last try */
	bool keys_refused;
	bool checksum_sent;
};

void s3_call_cleanup(struct s3_call *call)
{
	strings_cleanup(&call->headers);
}

void s3_parameter(struct s3_call *call, const char *name, const char *value)
{
	call->parameters[call->parameter_count++] = (struct s3_parameter){name, value};
}

void s3_header(struct s3_call *call, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	strings_add_taken(&call->headers, text_format_v(format, args));
	va_end(args);
}

static void add_base64(struct strings *headers, const char *name, const unsigned char *hash, size_t size)
{
	char text[sodium_base64_ENCODED_LEN(S3_HASH_SIZE, sodium_base64_VARIANT_ORIGINAL)];
	sodium_bin2base64(text, sizeof text, hash, size, sodium_base64_VARIANT_ORIGINAL);
	strings_add_taken(headers, text_format("%s: %s", name, text));
}

static void add_md5(const struct s3_call *call, struct strings *headers)
{
	unsigned char hash[MD5_SIZE];
	if (call->checksum == S3_CHECKSUM_OF_BODY && md5_of(call->body, call->body_size, hash))
		add_base64(headers, "Content-MD5", hash, sizeof hash);
}

static void add_checksum(struct sending *sending, struct strings *headers)
{
	enum s3_checksum checksum = sending->s3->checksums_unknown ? S3_CHECKSUM_NONE : sending->call->checksum;
	if (sending->s3->dialect->sums_md5) {
		add_md5(sending->call, headers);
		return;
	}
	sending->checksum_sent = checksum != S3_CHECKSUM_NONE;
	if (checksum == S3_CHECKSUM_TO_COME)
		strings_add(headers, "x-amz-checksum-algorithm: SHA256");
	if (checksum == S3_CHECKSUM_OF_BODY)
		add_base64(headers, "x-amz-checksum-sha256", sending->hash, sizeof sending->hash);
}

static void authorize(const struct sending *sending, struct strings *headers)
{
	const struct s3 *s3 = sending->s3;
	if (sending->keys.bearer) {
		strings_add_taken(headers, text_format("Authorization: Bearer %s", sending->keys.bearer));
		return;
	}
	const struct s3_signer signer = {.signing = s3->dialect->signing,
					 .access_key = sending->keys.access_key,
					 .secret_key = sending->keys.secret_key,
					 .session_token = sending->keys.session_token,
					 .region = s3->region};
	s3_sign(&signer,
		&(struct s3_to_sign){.method = sending->call->method,
				     .path = str_text(&sending->path),
				     .query = str_text(&sending->query),
				     .payload = sending->hex,
				     .now = clock_now()},
		headers);
}

static fallible prepare(void *state, struct strings *headers)
{
	struct sending *sending = state;
	struct s3_call *call = sending->call;
	s3_keys_cleanup(&sending->keys);
	if (!call->anonymous)
		TRY(s3_credentials_get(sending->s3->credentials, &sending->keys));
	strings_add_taken(headers, text_format("Host: %s", sending->s3->host));
	for (size_t i = 0; i < call->headers.count; i++)
		strings_add(headers, call->headers.items[i]);
	add_checksum(sending, headers);
	if (call->prepare)
		TRY(call->prepare(call, headers));
	sending->request.good = call->good;
	if (!call->anonymous)
		authorize(sending, headers);
	return NULL;
}

static fallible begin(void *state, const struct http_answer *answer)
{
	struct sending *sending = state;
	return sending->call->begin ? sending->call->begin(sending->call, answer) : NULL;
}

/* The server looked at keys that have ended. An answer to HEAD has no body that could say so. */
static bool keys_ended(const struct sending *sending, const struct http_answer *answer, const struct s3_said *said)
{
	if (sending->keys.bearer)
		return answer->status == 401;
	if (!sending->keys.session_token)
		return false;
	return text_equal(said->code, "ExpiredToken") || text_equal(said->code, "ExpiredTokenException") ||
	       text_equal(said->code, "InvalidToken") ||
	       (answer->status == 400 && !strcmp(sending->call->method, "HEAD"));
}

/* The server knows no such header, and says so by NotImplemented or by naming it. */
static bool checksum_refused(const struct sending *sending, const struct http_answer *answer,
			     const struct s3_said *said)
{
	bool named = said->message && strcasestr(said->message, "x-amz-checksum");
	return sending->checksum_sent && ((answer->status == 501) || (answer->status == 400 && named));
}

static enum http_verdict judge(void *state, struct http_answer *answer)
{
	struct sending *sending = state;
	if (answer->status < 300 && !sending->call->error_within)
		return HTTP_DONE;
	AUTO(s3_said) struct s3_said said = {0};
	s3_said_read(answer, &said);
	if (answer->status < 300 && !said.code)
		return HTTP_DONE;
	if (keys_ended(sending, answer, &said) && !sending->keys_refused) {
		sending->keys_refused = true;
		return s3_credentials_refuse(sending->s3->credentials, &sending->keys) ? HTTP_AT_ONCE : HTTP_DONE;
	}
	if (checksum_refused(sending, answer, &said)) {
		sending->s3->checksums_unknown = true;
		return HTTP_AT_ONCE;
	}
	return s3_said_passing(answer, &said) ? HTTP_AGAIN : HTTP_DONE;
}

static void set_up(struct sending *sending)
{
	const struct s3 *s3 = sending->s3;
	const struct s3_call *call = sending->call;
	str_add(&sending->path, s3->base);
	if (call->name) {
		str_add_char(&sending->path, '/');
		s3_encode_path(&sending->path, s3->prefix);
		s3_encode_path(&sending->path, call->name);
	} else if (!sending->path.size) {
		str_add_char(&sending->path, '/');
	}
	s3_query(&sending->query, call->parameters, call->parameter_count);
	s3_hash(call->body, call->body_size, sending->hash);
	s3_hex(sending->hash, sending->hex);
}

static fallible outcome(const struct sending *sending, const struct http_answer *answer)
{
	AUTO(s3_said) struct s3_said said = {0};
	const struct s3_call *call = sending->call;
	if (answer->status < 300 && !call->error_within)
		return NULL;
	s3_said_read(answer, &said);
	if (answer->status < 300 && !said.code)
		return NULL;
	for (size_t i = 0; i < COUNT(call->tolerated); i++)
		if (call->tolerated[i] == answer->status && !text_equal(said.code, "NoSuchBucket"))
			return NULL;
	const char *token = sending->keys.bearer ? sending->keys.bearer : sending->keys.session_token;
	return s3_refusal(sending->s3, call->name, answer, &said, token);
}

fallible s3_send(struct s3 *s3, struct s3_call *call, struct http_answer *answer)
{
	struct sending sending = {.s3 = s3, .call = call};
	set_up(&sending);
	AUTO(memory) char *url = text_format("%s%s%s%s", s3->origin, str_text(&sending.path),
					     sending.query.size ? "?" : "", str_text(&sending.query));
	sending.request = (struct http_request){.method = call->method,
						.url = url,
						.body = call->body,
						.body_size = call->body_size,
						.out = call->out,
						.answer_limit = call->answer_limit,
						.parting = call->parting,
						.prepare = prepare,
						.begin = begin,
						.judge = judge,
						.state = &sending};
	struct error *error = http_send(s3->http, &sending.request, answer);
	if (error)
		error = error_wrap(error, "%s%s", s3->name, call->name ? call->name : "");
	else
		error = outcome(&sending, answer);
	s3_keys_cleanup(&sending.keys);
	str_cleanup(&sending.path);
	str_cleanup(&sending.query);
	return error;
}
