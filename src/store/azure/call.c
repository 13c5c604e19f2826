/* One request to Azure: its URL, its headers, signed anew for each try, and what is to be done with the answer. */
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/percent.h"
#include "crypto/md5.h"
#include "store/azure/azure.h"

#define VERSION "2021-12-02" /* of the interface; names that XML can't hold are encoded since 2021-02-12 */
#define DATE_SIZE 30	     /* Fri, 26 Jun 2015 23:39:12 GMT */

struct sending {
	struct azure *azure;
	struct azure_call *call;
	struct http_request request;
	struct str path, url;
	struct azure_keys keys; /* of the last try */
	bool keys_refused;
};

void azure_call_cleanup(struct azure_call *call)
{
	strings_cleanup(&call->headers);
}

void azure_parameter(struct azure_call *call, const char *name, const char *value)
{
	call->parameters[call->parameter_count++] = (struct azure_parameter){name, value};
}

void azure_header(struct azure_call *call, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	strings_add_taken(&call->headers, text_format_v(format, args));
	va_end(args);
}

void azure_sum_header(struct azure_call *call)
{
	unsigned char sum[MD5_SIZE];
	char text[sodium_base64_ENCODED_LEN(MD5_SIZE, sodium_base64_VARIANT_ORIGINAL)];
	if (!md5_of(call->body, call->body_size, sum))
		return;
	sodium_bin2base64(text, sizeof text, sum, sizeof sum, sodium_base64_VARIANT_ORIGINAL);
	azure_header(call, "Content-MD5: %s", text);
}

static void add_date(struct strings *headers)
{
	char text[DATE_SIZE];
	struct tm parts;
	time_t now = (time_t)clock_now();
	gmtime_r(&now, &parts);
	strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
	strings_add_taken(headers, text_format("x-ms-date: %s", text));
}

/* A token in the clear is anybody's. */
static fallible check_token_is_safe(const struct azure *azure)
{
	if (text_starts(azure->origin, "https://"))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "a token of an identity is only sent over https://"),
			  "give an endpoint with https://, or a key of the account");
}

static fallible authorize(struct sending *sending, struct strings *headers)
{
	const struct azure_call *call = sending->call;
	char *header = NULL;
	if (sending->keys.kind == AZURE_TOKEN) {
		TRY(check_token_is_safe(sending->azure));
		header = text_format("Authorization: Bearer %s", sending->keys.secret);
	} else if (sending->keys.kind == AZURE_KEY) {
		TRY(azure_sign(&(struct azure_to_sign){.method = call->method,
						       .account = sending->azure->account,
						       .path = str_text(&sending->path),
						       .parameters = call->parameters,
						       .parameter_count = call->parameter_count,
						       .body_size = call->body_size,
						       .headers = headers},
			       sending->keys.secret, &header));
	}
	if (header)
		strings_add_taken(headers, header);
	return NULL;
}

/* A shared access signature is a part of the query, as it is given out: encoded. */
static void make_url(struct sending *sending)
{
	const struct azure_call *call = sending->call;
	struct str *url = &sending->url;
	char before = '?';
	str_clear(url);
	str_add_format(url, "%s%s", sending->azure->origin, str_text(&sending->path));
	for (size_t i = 0; i < call->parameter_count; i++, before = '&') {
		str_add_format(url, "%c%s=", before, call->parameters[i].name);
		percent_encode(url, call->parameters[i].value, strlen(call->parameters[i].value), "");
	}
	if (sending->keys.kind == AZURE_SAS)
		str_add_format(url, "%c%s", before, sending->keys.secret);
	sending->request.url = str_text(url);
}

static fallible prepare(void *state, struct strings *headers)
{
	struct sending *sending = state;
	struct azure_call *call = sending->call;
	azure_keys_cleanup(&sending->keys);
	TRY(azure_credentials_get(sending->azure->credentials, &sending->keys));
	make_url(sending);
	add_date(headers);
	strings_add(headers, "x-ms-version: " VERSION);
	for (size_t i = 0; i < call->headers.count; i++)
		strings_add(headers, call->headers.items[i]);
	if (call->prepare)
		TRY(call->prepare(call, headers));
	sending->request.good = call->good;
	return authorize(sending, headers);
}

static fallible begin(void *state, const struct http_answer *answer)
{
	struct sending *sending = state;
	return sending->call->begin ? sending->call->begin(sending->call, answer) : NULL;
}

static enum http_verdict judge(void *state, struct http_answer *answer)
{
	struct sending *sending = state;
	if (answer->status < 300)
		return HTTP_DONE;
	AUTO(azure_said) struct azure_said said = {0};
	azure_said_read(answer, &said);
	bool ended = sending->keys.kind == AZURE_TOKEN &&
		     (answer->status == 401 || text_equal(said.code, "AuthenticationFailed"));
	if (ended && !sending->keys_refused) {
		sending->keys_refused = true;
		return azure_credentials_refuse(sending->azure->credentials, &sending->keys) ? HTTP_AT_ONCE : HTTP_DONE;
	}
	return azure_said_passing(answer, &said) ? HTTP_AGAIN : HTTP_DONE;
}

static void set_up(struct sending *sending)
{
	const struct azure *azure = sending->azure;
	const char *name = sending->call->name;
	str_add(&sending->path, azure->base);
	if (name) {
		str_add_char(&sending->path, '/');
		percent_encode(&sending->path, azure->prefix, strlen(azure->prefix), "/");
		percent_encode(&sending->path, name, strlen(name), "/");
	}
}

static fallible outcome(const struct sending *sending, const struct http_answer *answer)
{
	AUTO(azure_said) struct azure_said said = {0};
	const struct azure_call *call = sending->call;
	if (answer->status < 300)
		return NULL;
	azure_said_read(answer, &said);
	for (size_t i = 0; i < COUNT(call->tolerated); i++)
		if (call->tolerated[i] && text_equal(call->tolerated[i], said.code))
			return NULL;
	return azure_refusal(sending->azure, call->name, answer, &said, &sending->keys);
}

/* Azure makes "/" of it without a word, and so one object of two. */
static fallible check_name(const struct azure *azure, const char *name)
{
	if (!name || !strchr(name, '\\'))
		return NULL;
	return error_new(ERR_INPUT, "%s%s: Azure has no \"\\\" in the name of an object", azure->name, name);
}

fallible azure_send(struct azure *azure, struct azure_call *call, struct http_answer *answer)
{
	struct sending sending = {.azure = azure, .call = call};
	TRY(check_name(azure, call->name));
	set_up(&sending);
	sending.request = (struct http_request){.method = call->method,
						.url = azure->origin,
						.body = call->body,
						.body_size = call->body_size,
						.out = call->out,
						.answer_limit = call->answer_limit,
						.prepare = prepare,
						.begin = begin,
						.judge = judge,
						.state = &sending};
	struct error *error = http_send(azure->http, &sending.request, answer);
	if (error)
		error = error_wrap(error, "%s%s", azure->name, call->name ? call->name : "");
	else
		error = outcome(&sending, answer);
	azure_keys_cleanup(&sending.keys);
	str_cleanup(&sending.path);
	mem_wipe(sending.url.data, sending.url.size);
	str_cleanup(&sending.url);
	return error;
}
