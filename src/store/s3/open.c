#include <sodium.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/s3/s3.h"
#include "store/web.h"
#include "store/web_ask.h"

static void s3_close(struct store *store)
{
	struct s3 *s3 = s3_of(store);
	http_free(s3->http);
	s3_credentials_free(s3->credentials);
	char *texts[] = {s3->name,   s3->prefix,  s3->origin,	     s3->host,	     s3->base,
			 s3->region, s3->ca_file, s3->storage_class, s3->encryption, s3->encryption_key};
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
}

static fallible set_up(const struct store_target *target, const struct store_options *options, struct s3 *s3)
{
	const struct s3_dialect *dialect = target->kind == STORE_GS ? &s3_dialect_google : &s3_dialect_aws;
	const char *trusted = dialect->ca_variable ? store_environment(dialect->ca_variable) : NULL;
	const char *bundle = target->ca_file ? target->ca_file : trusted;
	struct http_options http = store_http_options(options, bundle);
	if (sodium_init() < 0)
		return error_new(ERR_FAILED, "libsodium can't be started");
	s3->dialect = dialect;
	TRY(s3_place(target, s3));
	s3->ca_file = text_copy(bundle);
	s3->storage_class = text_copy(target->storage_class);
	s3->lock_mode = target->lock_mode;
	s3->lock_s = target->lock_s;
	s3->encryption = text_copy(target->encryption);
	s3->encryption_key = text_copy(target->encryption_key);
	s3->conditions_kept = s3->by_aws || dialect->keeps_condition;
	s3->http = http_new(&http);
	store_asking_options(&http);
	s3->credentials = s3_credentials_new(&target->credentials, dialect->sources, s3->region, &http);
	return NULL;
}

/* A bucket is not made. */
static fallible s3_open(const struct store_target *target, const struct store_options *options, bool make,
			struct store **store)
{
	(void)make;
	struct s3 *s3 = mem_new(1, sizeof *s3);
	AUTO(http_answer) struct http_answer answer = {0};
	struct error *error = set_up(target, options, s3);
	if (!error)
		error = s3_first_page(s3, &answer);
	if (!error) {
		*store = &s3->store;
		return NULL;
	}
	s3_close(&s3->store);
	free(s3);
	return error;
}

const struct store_driver s3_driver = {
	.open = s3_open,
	.close = s3_close,
	.can = s3_can,
	.put = s3_put,
	.upload_begin = s3_upload_begin,
	.upload_write = s3_upload_write,
	.upload_end = s3_upload_end,
	.upload_free = s3_upload_free,
	.remove = s3_remove,
	.look = s3_look,
	.lock_anew = s3_lock_anew,
	.get = s3_get,
	.list = s3_list,
	.time = s3_time,
	.tidy = s3_tidy,
	.facts = s3_facts,
};
