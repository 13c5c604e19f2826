#include <sodium.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/azure/azure.h"
#include "store/web.h"
#include "store/web_ask.h"

static void azure_close(struct store *store)
{
	struct azure *azure = azure_of(store);
	http_free(azure->http);
	azure_credentials_free(azure->credentials);
	char *texts[] = {azure->name,	azure->account, azure->prefix, azure->origin, azure->base, azure->tier};
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
}

/* STORE_NEW is kept by every server that speaks this. */
static bool azure_can(struct store *store, enum store_feature feature)
{
	(void)store;
	return feature == STORE_CAN_CREATE;
}

static fallible set_up(const struct store_target *target, const struct store_options *options, struct azure *azure)
{
	struct http_options http = store_http_options(options, target->ca_file);
	if (sodium_init() < 0)
		return error_new(ERR_FAILED, "libsodium can't be started");
	TRY(azure_place(target, azure));
	azure->http = http_new(&http);
	store_asking_options(&http);
	http.ca_file = NULL; /* of the server alone: those who give tokens have public certificates */
	azure->credentials = azure_credentials_new(&target->credentials, azure->account, &http);
	return NULL;
}

/* A container is not made. */
static fallible azure_open(const struct store_target *target, const struct store_options *options, bool make,
			   struct store **store)
{
	(void)make;
	struct azure *azure = mem_new(1, sizeof *azure);
	AUTO(http_answer) struct http_answer answer = {0};
	struct error *error = set_up(target, options, azure);
	if (!error)
		error = azure_first_page(azure, &answer);
	if (!error) {
		*store = &azure->store;
		return NULL;
	}
	azure_close(&azure->store);
	free(azure);
	return error;
}

const struct store_driver azure_driver = {
	.open = azure_open,
	.close = azure_close,
	.can = azure_can,
	.put = azure_put,
	.upload_begin = azure_upload_begin,
	.upload_write = azure_upload_write,
	.upload_end = azure_upload_end,
	.upload_free = azure_upload_free,
	.remove = azure_remove,
	.look = azure_look,
	.get = azure_get,
	.list = azure_list,
	.time = azure_time,
};
