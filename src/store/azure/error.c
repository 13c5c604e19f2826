/* What the server says when it refuses, and what an operator can do about it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/azure/azure.h"
#include "store/web.h"
#include "store/xml.h"

#define CLOCK_OFF_S (5 * 60) /* Azure takes a quarter of an hour; whoever is near it has to be told as well */

void azure_said_cleanup(struct azure_said *said)
{
	free(said->code);
	free(said->message);
	*said = (struct azure_said){0};
}

static fallible take_element(void *state, const char *path, const char *text)
{
	struct azure_said *said = state;
	if (!strcmp(path, "/Error/Code") && !said->code)
		said->code = text_copy(text);
	if (!strcmp(path, "/Error/Message") && !said->message) /* behind it come the ids of the request */
		said->message = text_copy_n(text, strcspn(text, "\r\n"));
	return NULL;
}

/* An answer to HEAD has no body, and a code in a header, which a proxy between may drop. */
static const char *meaning(long status)
{
	return status == 404   ? AZURE_NO_BLOB
	       : status == 412 ? AZURE_OTHERWISE
	       : status == 416 ? AZURE_NO_RANGE
			       : NULL;
}

void azure_said_read(const struct http_answer *answer, struct azure_said *said)
{
	const char *code = http_header(answer, "x-ms-error-code");
	said->code = text_copy(code);
	if (answer->body.size)
		error_ignore(store_xml_read(answer->body.data, answer->body.size, take_element, said));
	if (!said->code || !*said->code) {
		free(said->code);
		said->code = text_copy(meaning(answer->status));
	}
}

#define RIGHTS                                                                                                 \
	"the credentials lack a right: an identity needs the role Storage Blob Data Contributor on the container, " \
	"a shared access signature the permissions r, w, c, l and, for pruning, d"
#define NETWORK "the account's network rules or its settings keep this machine out: allow its address"
#define HELD "a policy or a legal hold of the container keeps it: it can be changed when that is over"
#define LEASED "somebody holds a lease on it: break the lease, or wait for its end"
#define IS_OFF "check the account in the portal"
static const struct {
	const char *code;
	enum error_code error;
	bool passing;
	const char *hint; /* NULL: none */
} refusals[] = {
	{"AuthorizationFailure", ERR_PERMISSION, false, NETWORK},
	{"AuthorizationPermissionMismatch", ERR_PERMISSION, false, RIGHTS},
	{"AuthorizationResourceTypeMismatch", ERR_PERMISSION, false, RIGHTS},
	{"AuthorizationServiceMismatch", ERR_PERMISSION, false, RIGHTS},
	{"AuthorizationProtocolMismatch", ERR_PERMISSION, false, "the shared access signature wants https://"},
	{"AuthorizationSourceIPMismatch", ERR_PERMISSION, false, NETWORK},
	{"InsufficientAccountPermissions", ERR_PERMISSION, false, RIGHTS},
	{"KeyBasedAuthenticationNotPermitted", ERR_PERMISSION, false,
	 "the account takes no keys: use an identity (AZURE_CLIENT_ID, ..)"},
	{"AccountIsDisabled", ERR_PERMISSION, false, IS_OFF},
	{"BlobImmutableDueToPolicy", ERR_PERMISSION, false, HELD},
	{"LeaseIdMissing", ERR_PERMISSION, false, LEASED},
	{"SnapshotsPresent", ERR_PERMISSION, false, "somebody made snapshots of it: delete these first"},
	{"ContainerNotFound", ERR_SETTINGS, false, "check the container's name; owctl makes no containers"},
	{"ContainerDisabled", ERR_SETTINGS, false, IS_OFF},
	{"ContainerBeingDeleted", ERR_SETTINGS, false, "check the container's name; owctl makes no containers"},
	{"ResourceNotFound", ERR_SETTINGS, false, "check the account's name and endpoint= of the location"},
	{"InvalidResourceName", ERR_SETTINGS, false, "check the container's name"},
	{"InvalidUri", ERR_SETTINGS, false, "check endpoint= of the location"},
	{AZURE_NO_BLOB, ERR_INPUT, false, NULL},
	{AZURE_OTHERWISE, ERR_INPUT, false, NULL},
	{"BlobArchived", ERR_FAILED, false, "the object was archived: have it rehydrated first"},
	{"InvalidAccessTier", ERR_SETTINGS, false, "check tier= in the location"},
	{"ServerBusy", ERR_BUSY, true, NULL},
	{"OperationTimedOut", ERR_BUSY, true, NULL},
	{"InternalError", ERR_BUSY, true, NULL},
	{"Md5Mismatch", ERR_FAILED, true, "something between this machine and the server changes what is sent"},
};

#define NOT_LISTED (-1)
static int place_of(const struct azure_said *said)
{
	for (size_t i = 0; said->code && i < COUNT(refusals); i++)
		if (!strcmp(refusals[i].code, said->code))
			return (int)i;
	return NOT_LISTED;
}

bool azure_said_passing(const struct http_answer *answer, const struct azure_said *said)
{
	int place = place_of(said);
	return place == NOT_LISTED ? http_is_passing(answer->status) : refusals[place].passing;
}

static enum error_code code_of(long status)
{
	if (status == 401 || status == 403)
		return ERR_PERMISSION;
	return http_is_passing(status) ? ERR_BUSY : ERR_FAILED;
}

static bool is_clock_off(const struct http_answer *answer)
{
	const char *date = http_header(answer, "Date");
	int64_t server = date ? store_time_of(date) / 1000000000 : 0;
	int64_t off = server ? clock_now() - server : 0;
	return off > CLOCK_OFF_S || off < -CLOCK_OFF_S;
}

/* Azurite's code for it is that of network rules. */
static bool is_nobody(const struct http_answer *answer, const struct azure_said *said)
{
	return answer->status == 401 || text_equal(said->code, "AuthenticationFailed") ||
	       text_starts(said->message ? said->message : "", "Server failed to authenticate");
}

/* Whoever is not known, for whatever reason, is told no more than that. */
static fallible nobody_hint(struct error *error, const struct http_answer *answer, enum azure_kind kind)
{
	static const char *const hints[] = {
		[AZURE_KEY] = "the key is not that of the account: check both",
		[AZURE_SAS] = "the shared access signature has ended, or is for something else: make a new one",
		[AZURE_TOKEN] = "the account does not take the identity's token: it must be of the same tenant",
	};
	return is_clock_off(answer) ? store_clock_hint(error, answer) : error_hint(error, "%s", hints[kind]);
}

fallible azure_refusal(const struct azure *azure, const char *name, const struct http_answer *answer,
		       const struct azure_said *said, const struct azure_keys *keys)
{
	AUTO(memory) char *code = store_shown(said->code, keys->secret);
	AUTO(memory) char *message = store_shown(said->message, keys->secret);
	int place = place_of(said);
	struct error *error = error_new(place == NOT_LISTED ? code_of(answer->status) : refusals[place].error,
					"%s%s: the server answers %ld%s%s%s%s", azure->name, name ? name : "",
					answer->status, *code ? " " : "", code, *message ? ": " : "", message);
	if (is_nobody(answer, said))
		return nobody_hint(error, answer, keys->kind);
	if (place != NOT_LISTED && refusals[place].hint)
		return error_hint(error, "%s", refusals[place].hint);
	return error->code == ERR_PERMISSION ? error_hint(error, "%s", RIGHTS) : error;
}
