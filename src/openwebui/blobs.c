#include "openwebui/blobs.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/percent.h"
#include "openwebui/blobs_azure.h"

fallible blobs_data_folder(struct settings *settings, const char *file, char **folder)
{
	const char *said;
	TRY(settings_get(settings, "DATA_DIR", &said));
	if (!said && !file)
		return error_hint(error_new(ERR_SETTINGS, "where the files of the installation are is not known"),
				  "set DATA_DIR, or give --data-dir");
	*folder = said ? text_copy(said) : file_folder(file);
	return NULL;
}

static fallible folder_in_data(struct settings *settings, const char *file, const char *name,
			       struct store_target *target)
{
	AUTO(memory) char *data = NULL;
	TRY(blobs_data_folder(settings, file, &data));
	/* A relative one must not look like a location of another kind. */
	AUTO(memory) char *folder = text_format("%s%s/%s", *data == '/' ? "" : "./", data, name);
	return store_target_parse(folder, target);
}

fallible blobs_vectors(struct settings *settings, const char *file, struct store_target *target)
{
	return folder_in_data(settings, file, "vector_db", target);
}

/* ---- S3 ---- */

/* Which setting of Open WebUI says what of a bucket. */
struct bucket_settings {
	const char *bucket, *prefix, *region, *endpoint, *style, *access_key, *secret_key;
};

static fallible read_bucket(struct settings *settings, struct bucket_settings *said)
{
	const struct {
		const char *name;
		const char **value;
	} wanted[] = {
		{"S3_BUCKET_NAME", &said->bucket},
		{"S3_KEY_PREFIX", &said->prefix},
		{"S3_REGION_NAME", &said->region},
		{"S3_ENDPOINT_URL", &said->endpoint},
		{"S3_ADDRESSING_STYLE", &said->style},
		{"S3_ACCESS_KEY_ID", &said->access_key},
		{"S3_SECRET_ACCESS_KEY", &said->secret_key},
	};
	for (size_t i = 0; i < COUNT(wanted); i++)
		TRY(settings_get(settings, wanted[i].name, wanted[i].value));
	return NULL;
}

static void add_parameter(struct str *location, const char *name, const char *value)
{
	if (!value)
		return;
	str_add_format(location, "&%s=", name);
	percent_encode(location, value, strlen(value), "");
}

/* boto3 takes "auto", "path" and "virtual"; by itself it uses the path where there is an endpoint, as owctl does. */
static void add_location(struct str *location, const struct bucket_settings *said)
{
	str_add_format(location, "s3://%s/", said->bucket);
	if (said->prefix)
		percent_encode(location, said->prefix, strlen(said->prefix), "/");
	str_add_char(location, '?');
	add_parameter(location, "endpoint", said->endpoint);
	add_parameter(location, "region", said->region);
	if (said->style && strcmp(said->style, "auto") != 0)
		add_parameter(location, "style", !strcmp(said->style, "path") ? "path" : "host");
}

static fallible s3_bucket(struct settings *settings, const char *file, struct store_target *target)
{
	(void)file;
	struct bucket_settings said = {0};
	TRY(read_bucket(settings, &said));
	if (!said.bucket)
		return error_hint(error_new(ERR_SETTINGS, "STORAGE_PROVIDER is s3, and S3_BUCKET_NAME is not set"),
				  "take the settings that the server has, as with --env-file");
	AUTO(str) struct str location = {0};
	add_location(&location, &said);
	TRY(store_target_parse(str_text(&location), target));
	target->credentials = (struct store_credentials){.access_key = said.access_key, .secret_key = said.secret_key};
	return NULL;
}

static fallible s3_paths(struct settings *settings, const char *file, struct strings *paths)
{
	(void)file;
	struct bucket_settings said = {0};
	TRY(read_bucket(settings, &said));
	const char *prefix = said.prefix ? said.prefix : "";
	bool ends = !*prefix || prefix[strlen(prefix) - 1] == '/';
	AUTO(memory) char *path = text_format("s3://%s/%s%s", said.bucket ? said.bucket : "", prefix, ends ? "" : "/");
	strings_add(paths, path);
	return NULL;
}

/* ---- Google ---- */

/* Its libraries look for an account by themselves where none is set, and so does owctl (store/s3/credentials.h). */
static fallible gs_bucket(struct settings *settings, const char *file, struct store_target *target)
{
	(void)file;
	const char *name, *account, *account_file;
	TRY(settings_get(settings, "GCS_BUCKET_NAME", &name));
	TRY(settings_get(settings, "GOOGLE_APPLICATION_CREDENTIALS_JSON", &account));
	TRY(settings_get(settings, "GOOGLE_APPLICATION_CREDENTIALS", &account_file));
	if (!name)
		return error_hint(error_new(ERR_SETTINGS, "STORAGE_PROVIDER is gcs, and GCS_BUCKET_NAME is not set"),
				  "take the settings that the server has, as with --env-file");
	AUTO(memory) char *location = text_format("gs://%s", name);
	TRY(store_target_parse(location, target));
	target->credentials = (struct store_credentials){.account = account, .account_file = account_file};
	return NULL;
}

static fallible gs_paths(struct settings *settings, const char *file, struct strings *paths)
{
	(void)file;
	const char *name;
	TRY(settings_get(settings, "GCS_BUCKET_NAME", &name));
	strings_add_taken(paths, text_format("gs://%s/", name ? name : ""));
	return NULL;
}

/* ---- a folder ---- */

static fallible local_folder(struct settings *settings, const char *file, struct store_target *target)
{
	return folder_in_data(settings, file, "uploads", target);
}

static void add_folder(struct strings *paths, const char *data)
{
	AUTO(memory) char *path = text_format("%s/uploads/", data);
	strings_add(paths, path);
}

static fallible local_paths(struct settings *settings, const char *file, struct strings *paths)
{
	AUTO(memory) char *data = NULL;
	TRY(blobs_data_folder(settings, file, &data));
	size_t size = strlen(data);
	while (size > 1 && data[size - 1] == '/')
		data[--size] = '\0';
	AUTO(memory) char *resolved = realpath(data, NULL);
	if (*data == '/' || !resolved)
		add_folder(paths, data);
	if (resolved && strcmp(resolved, data) != 0)
		add_folder(paths, resolved);
	return NULL;
}

/* ---- what STORAGE_PROVIDER says ---- */

static const struct provider {
	const char *name;
	fallible (*target)(struct settings *settings, const char *file, struct store_target *target);
	fallible (*paths)(struct settings *settings, const char *file, struct strings *paths);
} providers[] = {
	{"local", local_folder, local_paths},
	{"s3", s3_bucket, s3_paths},
	{"gcs", gs_bucket, gs_paths},
	{"azure", blobs_azure, blobs_azure_paths},
};

/* NULL: owctl does not know it. */
static fallible find_provider(struct settings *settings, const char **name, const struct provider **provider)
{
	TRY(settings_get(settings, "STORAGE_PROVIDER", name));
	*provider = NULL;
	for (size_t i = 0; i < COUNT(providers); i++)
		if (!strcmp(providers[i].name, *name))
			*provider = &providers[i];
	return NULL;
}

fallible blobs_uploads(struct settings *settings, const char *file, struct store_target *target)
{
	const char *name;
	const struct provider *provider;
	AUTO(str) struct str known = {0};
	TRY(find_provider(settings, &name, &provider));
	if (provider)
		return provider->target(settings, file, target);
	for (size_t i = 0; i < COUNT(providers); i++)
		str_add_format(&known, "%s%s", i ? ", " : "", providers[i].name);
	return error_hint(error_new(ERR_FAILED, "owctl does not know STORAGE_PROVIDER %s", name), "it knows %s",
			  str_text(&known));
}

fallible blobs_uploads_paths(struct settings *settings, const char *file, struct strings *paths)
{
	const char *name;
	const struct provider *provider;
	TRY(find_provider(settings, &name, &provider));
	return provider ? provider->paths(settings, file, paths) : local_paths(settings, file, paths);
}
