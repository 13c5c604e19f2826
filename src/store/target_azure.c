/* azure://account/container/prefix?endpoint=.. */
#include <string.h>

#include "base/memory.h"
#include "store/target.h"

#define SMALL "abcdefghijklmnopqrstuvwxyz0123456789"

static bool word_valid(const char *word, const char *allowed, size_t longest)
{
	size_t size = strlen(word);
	return size >= 3 && size <= longest && strspn(word, allowed) == size;
}

/* The address of the account, as BlobEndpoint of a connection string: a server that has no host for each account, as
 * Azurite, has the account as its path. */
static fallible read_endpoint(char *value, struct store_target *target)
{
	char *host = strstr(value, "://"), *path = host ? strchr(host + 3, '/') : NULL;
	AUTO(memory) char *folder = text_copy(path ? path : "");
	if (text_ends(folder, "/"))
		folder[strlen(folder) - 1] = '\0';
	if (path)
		*path = '\0';
	if (*folder && !word_valid(folder + 1, SMALL "-", 63))
		return store_location_bad("the path of the endpoint is no more than the account");
	TRY(store_read_endpoint(value, target));
	AUTO(memory) char *origin = target->endpoint;
	target->endpoint = text_format("%s%s", origin, folder);
	return NULL;
}

/* What is archived can't be read. */
static fallible read_tier(char *value, struct store_target *target)
{
	static const char *const tiers[] = {"Hot", "Cool", "Cold"};
	for (size_t i = 0; i < COUNT(tiers); i++) {
		if (strcmp(value, tiers[i]) != 0)
			continue;
		target->storage_class = text_copy(value);
		return NULL;
	}
	return store_location_bad("the tier of the location is Hot, Cool or Cold");
}

static const struct store_parameter parameters[] = {
	{"endpoint", read_endpoint}, {"ca", store_read_ca}, {"tier", read_tier}};

static const char hint[] = "there are endpoint, ca and tier; credentials are never part of it: they come from the "
			   "environment (AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, ..) or an identity";

fallible store_azure_target(const char *rest, struct store_target *target)
{
	size_t place = strcspn(rest, "?"), account = strcspn(rest, "/?");
	const char *container = rest + account + (rest[account] == '/');
	size_t size = strcspn(container, "/?");
	if (memchr(rest, '@', account) || memchr(rest, ':', account))
		return error_hint(error_new(ERR_SETTINGS, "a location has no credentials and no port in it"),
				  "it begins with the account's name alone; a server of your own is "
				  "?endpoint=https://host:port");
	target->kind = STORE_AZURE;
	target->account = text_copy_n(rest, account);
	target->bucket = text_copy_n(container, size);
	if (!word_valid(target->account, SMALL, 24))
		return store_location_bad("an azure:// location begins with an account's name of small letters and "
					  "digits");
	if (!word_valid(target->bucket, SMALL "-", 63))
		return store_location_bad("behind the account of an azure:// location comes a container's name of "
					  "small letters, digits and \"-\"");
	TRY(store_read_prefix(container + size, place - (size_t)(container + size - rest), target));
	TRY(store_location_query(rest[place] ? rest + place + 1 : "", parameters, COUNT(parameters), hint, target,
				 NULL));
	target->display = text_format("azure://%s/%s%s%s%s%s", target->account, target->bucket,
				      *target->prefix ? "/" : "", target->prefix, target->endpoint ? " at " : "",
				      target->endpoint ? target->endpoint : "");
	return NULL;
}
