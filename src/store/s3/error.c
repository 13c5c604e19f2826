/* What the server says when it refuses, and what an operator can do about it. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/s3/s3.h"
#include "store/web.h"
#include "store/xml.h"

void s3_said_cleanup(struct s3_said *said)
{
	free(said->code);
	free(said->message);
	free(said->region);
	*said = (struct s3_said){0};
}

static fallible take_element(void *state, const char *path, const char *text)
{
	struct s3_said *said = state;
	char **field = !strcmp(path, "/Error/Code")	 ? &said->code
		       : !strcmp(path, "/Error/Message") ? &said->message
		       : !strcmp(path, "/Error/Region")	 ? &said->region
							 : NULL;
	if (field && !*field)
		*field = text_copy(text);
	return NULL;
}

/* What is no XML is some proxy's page: its status is all that is known. */
void s3_said_read(const struct http_answer *answer, struct s3_said *said)
{
	if (answer->body.size)
		error_ignore(store_xml_read(answer->body.data, answer->body.size, take_element, said));
	const char *region = http_header(answer, "x-amz-bucket-region");
	if (!said->region && region)
		said->region = text_copy(region);
}

/* Codes of AWS, Google, MinIO and versitygw. */
#define NOBODY "the server does not know the access key: check it"
#define OTHERS "the session token (AWS_SESSION_TOKEN) does not belong to this access key: check both"
#define ENDED "the session has ended: get new credentials"
#define FULL "there is no room at the server: make some, or raise the quota; what was there before is as it was"
static const struct {
	const char *code;
	enum error_code error;
	bool passing;
	const char *hint; /* NULL: none, or where a right is lacking, what the dialect says */
} refusals[] = {
	{"AccessDenied", ERR_PERMISSION, false, NULL},
	{"AllAccessDisabled", ERR_PERMISSION, false, NULL},
	{"InvalidAccessKeyId", ERR_PERMISSION, false, NOBODY},
	{"InvalidSecurity", ERR_PERMISSION, false, NOBODY},
	{"XAdminUserNotFound", ERR_PERMISSION, false, NOBODY},
	{"SignatureDoesNotMatch", ERR_PERMISSION, false, "the secret key is not that of this access key: check both"},
	{"ExpiredToken", ERR_PERMISSION, false, ENDED},
	{"ExpiredTokenException", ERR_PERMISSION, false, ENDED},
	{"TokenRefreshRequired", ERR_PERMISSION, false, ENDED},
	{"InvalidToken", ERR_PERMISSION, false, OTHERS},
	{"InvalidTokenId", ERR_PERMISSION, false, OTHERS},
	{"NoSuchBucket", ERR_SETTINGS, false, "check the bucket's name; owctl makes no buckets"},
	{"InvalidBucketName", ERR_SETTINGS, false, "check the bucket's name"},
	{"NoSuchKey", ERR_INPUT, false, NULL},
	{"PreconditionFailed", ERR_INPUT, false, NULL},
	{"InvalidStorageClass", ERR_SETTINGS, false, "check class= in the location"},
	{"KMS.NotFoundException", ERR_SETTINGS, false, "check the key of sse= in the location"},
	{"InvalidObjectState", ERR_FAILED, false, "the object was archived: have it restored first"},
	{"QuotaExceeded", ERR_FAILED, false, FULL},
	{"XMinioStorageFull", ERR_FAILED, false, FULL},
	{"XMinioAdminBucketQuotaExceeded", ERR_FAILED, false, FULL},
	{"InsufficientStorage", ERR_FAILED, false, FULL},
	{"SlowDown", ERR_BUSY, true, NULL},
	{"SlowDownRead", ERR_BUSY, true, NULL},
	{"SlowDownWrite", ERR_BUSY, true, NULL},
	{"Throttling", ERR_BUSY, true, NULL},
	{"ThrottlingException", ERR_BUSY, true, NULL},
	{"RequestLimitExceeded", ERR_BUSY, true, NULL},
	{"ServiceUnavailable", ERR_BUSY, true, NULL},
	{"InternalError", ERR_BUSY, true, NULL},
	{"RequestTimeout", ERR_BUSY, true, NULL},
	{"OperationAborted", ERR_BUSY, true, NULL},
	{"ConditionalRequestConflict", ERR_BUSY, true, NULL},
	{"XMinioServerNotInitialized", ERR_BUSY, true, NULL},
};

#define NOT_LISTED (-1)
static int place_of(const struct s3_said *said)
{
	for (size_t i = 0; said->code && i < COUNT(refusals); i++)
		if (!strcmp(refusals[i].code, said->code))
			return (int)i;
	return NOT_LISTED;
}

bool s3_said_passing(const struct http_answer *answer, const struct s3_said *said)
{
	int place = place_of(said);
	return place == NOT_LISTED ? http_is_passing(answer->status) : refusals[place].passing;
}

static enum error_code code_of(long status)
{
	if (status == 401 || status == 403)
		return ERR_PERMISSION;
	if (status == 404 || status == 412)
		return ERR_INPUT;
	return http_is_passing(status) ? ERR_BUSY : ERR_FAILED;
}

static bool is_wrong_region(const struct s3 *s3, const struct http_answer *answer, const struct s3_said *said)
{
	bool moved = answer->status == 301 || answer->status == 307 || answer->status == 400;
	return said->region && strcmp(said->region, s3->region) != 0 && (moved || answer->status == 403);
}

static fallible region_hint(struct error *error, const char *there, const char *here)
{
	error->code = ERR_SETTINGS;
	return error_hint(error, "the bucket is in region %s, not %s: write region=%s into the location", there, here,
			  there);
}

fallible s3_refusal(const struct s3 *s3, const char *name, const struct http_answer *answer,
		    const struct s3_said *said, const char *token)
{
	AUTO(memory) char *code = store_shown(said->code, token);
	AUTO(memory) char *message = store_shown(said->message, token);
	AUTO(memory) char *region = store_shown(said->region, token);
	int place = place_of(said);
	struct error *error = error_new(place == NOT_LISTED ? code_of(answer->status) : refusals[place].error,
					"%s%s: the server answers %ld%s%s%s%s", s3->name, name ? name : "",
					answer->status, *code ? " " : "", code, *message ? ": " : "", message);
	if (text_equal(said->code, "RequestTimeTooSkewed"))
		return store_clock_hint(error, answer);
	if (is_wrong_region(s3, answer, said))
		return region_hint(error, region, s3->region);
	if (text_equal(said->code, "AuthorizationHeaderMalformed") || answer->status == 301) {
		error->code = ERR_SETTINGS;
		return error_hint(error, "check region= and endpoint= of the location");
	}
	if (s3->lock_mode && answer->status == 400 && text_equal(said->code, "InvalidRequest"))
		return error_hint(error, "lock= of the location needs a bucket that was made with object lock");
	if (place != NOT_LISTED && refusals[place].hint)
		return error_hint(error, "%s", refusals[place].hint);
	return error->code == ERR_PERMISSION ? error_hint(error, "%s", s3->dialect->rights) : error;
}
