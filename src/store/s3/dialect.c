#include "store/s3/dialect.h"

#include "base/memory.h"
#include "store/s3/profile.h"
#include "store/s3/s3.h"

#define REGION "us-east-1"

static fallible find_region(const struct store_target *target, char **region)
{
	AUTO(s3_profile) struct s3_profile profile = {0};
	const char *named = target->region ? target->region : store_environment("AWS_REGION");
	named = named ? named : store_environment("AWS_DEFAULT_REGION");
	if (!named && !target->credentials.access_key) {
		TRY(s3_profile_read(&profile));
		named = profile.region;
	}
	*region = text_copy(named ? named : REGION);
	return NULL;
}

static fallible aws_place(const struct store_target *target, char **region, char **endpoint, bool *own)
{
	TRY(find_region(target, region));
	const char *given = target->endpoint;
	given = given ? given : store_environment("AWS_ENDPOINT_URL_S3");
	given = given ? given : store_environment("AWS_ENDPOINT_URL");
	*own = !given;
	*endpoint = given ? text_copy(given) : text_format("https://s3.%s.amazonaws.com%s", *region,
							   text_starts(*region, "cn-") ? ".cn" : "");
	return NULL;
}

/* STORAGE_EMULATOR_HOST is what Google's own libraries read. */
static fallible google_place(const struct store_target *target, char **region, char **endpoint, bool *own)
{
	const char *given = target->endpoint ? target->endpoint : store_environment("STORAGE_EMULATOR_HOST");
	*own = !given;
	*region = text_copy("auto");
	*endpoint = text_copy(given ? given : "https://storage.googleapis.com");
	return NULL;
}

const struct s3_dialect s3_dialect_aws = {
	.scheme = "s3",
	.signing = &s3_signing_aws,
	.sources = &s3_sources_aws,
	.mark = "x-amz-meta-owctl-write",
	.condition = "If-None-Match: *",
	.encodes_lists = true,
	.transfer = &s3_multipart,
	.place = aws_place,
	.ca_variable = "AWS_CA_BUNDLE",
	.endpoint_variables = "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL",
	.rights = "the credentials lack a right: they need s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject "
		  "and, for pruning, s3:DeleteObject on its objects, s3:ListBucketMultipartUploads and "
		  "s3:AbortMultipartUpload",
};

const struct s3_dialect s3_dialect_google = {
	.scheme = "gs",
	.signing = &s3_signing_google,
	.sources = &s3_sources_google,
	.mark = "x-goog-meta-owctl-write",
	.condition = "x-goog-if-generation-match: 0",
	.keeps_condition = true,
	.sums_md5 = true,
	.transfer = &s3_resumable,
	.place = google_place,
	.endpoint_variables = "STORAGE_EMULATOR_HOST",
	.rights = "the credentials lack a right: they need the role Storage Object User (roles/storage.objectUser) on "
		  "the bucket",
};
