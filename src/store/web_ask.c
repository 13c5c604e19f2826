#include "store/web_ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/percent.h"

#define CONNECT_TIMEOUT_S 3
#define SILENCE_TIMEOUT_S 10
#define PATIENCE_S 10
#define FETCH_BEFORE_S (5 * 60)
#define FETCH_AGAIN_S 30 /* after a failure, while there are credentials */

void store_asking_options(struct http_options *options)
{
	options->connect_timeout_s = CONNECT_TIMEOUT_S;
	options->silence_timeout_s = SILENCE_TIMEOUT_S;
	options->patience_s = options->patience_s < PATIENCE_S ? options->patience_s : PATIENCE_S;
	options->bytes_per_second = 0;
}

static fallible prepare(void *state, struct strings *headers)
{
	const struct store_question *question = state;
	if (question->header)
		strings_add(headers, question->header);
	return NULL;
}

fallible store_ask(struct http *http, const struct store_question *question, struct http_answer *answer)
{
	struct store_question asked = *question;
	return http_send(http,
			 &(struct http_request){.method = asked.method,
						.url = asked.url,
						.body = asked.body,
						.body_size = asked.body ? strlen(asked.body) : 0,
						.direct = asked.direct,
						.once = asked.once,
						.prepare = prepare,
						.state = &asked},
			 answer);
}

void store_form_add(struct str *form, const char *name, const char *value)
{
	str_add_format(form, "%s%s=", form->size ? "&" : "", name);
	percent_encode(form, value, strlen(value), "");
}

fallible store_ask_by_form(struct http *http, const char *url, const struct str *form, struct http_answer *answer)
{
	return store_ask(http,
			 &(struct store_question){.method = "POST",
						  .url = url,
						  .header = "Content-Type: application/x-www-form-urlencoded",
						  .body = str_text(form)},
			 answer);
}

bool store_url_is_safe(const char *url, const char *const *hosts, size_t count)
{
	static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
	static const char plain[] = "http://";
	if (!text_starts(url, plain))
		return text_starts(url, "https://");
	if (memchr(url, '@', sizeof plain - 1 + strcspn(url + sizeof plain - 1, "/?#"))) /* a host comes behind it */
		return false;
	for (size_t i = 0; i < COUNT(own) + count; i++) {
		const char *host = i < COUNT(own) ? own[i] : hosts[i - COUNT(own)], *rest = url + sizeof plain - 1;
		if (text_starts(rest, host) && strchr(":/", rest[strlen(host)])) /* its end as well */
			return true;
	}
	return false;
}

char *store_json_text(const struct json_tree *tree, const char *name)
{
	AUTO(str) struct str text = {0};
	if (!json_tree_string(json_tree_find(tree->root, name), &text) || !text.size)
		return NULL;
	char *copy = text_copy_n(text.data, text.size);
	mem_wipe(text.data, text.size);
	return copy;
}

fallible store_renew(struct store_renewal *renewal, bool there, fallible (*fetch)(void *state), void *state)
{
	int64_t now = clock_now();
	bool must = !there || renewal->refused || (renewal->ends && renewal->ends <= now);
	bool should = renewal->ends && renewal->ends - FETCH_BEFORE_S <= now && renewal->not_before <= now;
	if (!must && !should)
		return NULL;
	struct error *error = fetch(state);
	if (!error)
		renewal->refused = false;
	if (!error || must || error->code == ERR_INTERRUPTED)
		return error;
	log_warning_error(error);
	renewal->not_before = now + FETCH_AGAIN_S;
	return NULL;
}
