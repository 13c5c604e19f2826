/* What a bucket says of itself: GetBucketLocation, GetBucketVersioning, GetBucketPolicyStatus, GetBucketAcl,
 * GetObjectLockConfiguration. Who may use a bucket need not have the right to ask, and servers that speak S3 do not
 * know all of these: what is refused is not known. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/s3/s3.h"
#include "store/xml.h"

static enum store_word word(bool yes)
{
	return yes ? STORE_SAYS_YES : STORE_SAYS_NO;
}

static fallible take_region(void *state, const char *path, const char *text)
{
	struct store_facts *facts = state;
	if (!strcmp(path, "/LocationConstraint")) { /* two regions are older than their names */
		free(facts->region);
		facts->region = text_copy(!*text ? "us-east-1" : !strcmp(text, "EU") ? "eu-west-1" : text);
	}
	return NULL;
}

static fallible take_google_region(void *state, const char *path, const char *text)
{
	return *text ? take_region(state, path, text) : NULL;
}

/* Without a Status it never had versions. */
static fallible take_versions(void *state, const char *path, const char *text)
{
	struct store_facts *facts = state;
	if (!strcmp(path, "/VersioningConfiguration/Status"))
		facts->keeps_versions = word(!strcmp(text, "Enabled"));
	else if (!strcmp(path, "/VersioningConfiguration") && !facts->keeps_versions)
		facts->keeps_versions = STORE_SAYS_NO;
	return NULL;
}

/* AWS writes true, MinIO TRUE. */
static fallible take_policy(void *state, const char *path, const char *text)
{
	struct store_facts *facts = state;
	if (!strcmp(path, "/PolicyStatus/IsPublic"))
		facts->is_public = word(!strcasecmp(text, "true"));
	return NULL;
}

static fallible take_acl(void *state, const char *path, const char *text)
{
	struct store_facts *facts = state;
	bool anybody = text_ends(path, "/Grantee/URI") && (text_ends(text, "/global/AllUsers") ||
							   text_ends(text, "/global/AuthenticatedUsers"));
	if (anybody)
		facts->is_public = STORE_SAYS_YES;
	return NULL;
}

static fallible take_lock(void *state, const char *path, const char *text)
{
	struct store_facts *facts = state;
	if (!strcmp(path, "/ObjectLockConfiguration/ObjectLockEnabled"))
		facts->locks = word(!strcmp(text, "Enabled"));
	return NULL;
}

struct question {
	const char *about;
	store_xml_element *take;
};

/* Whether there is no more to be had from this server now. */
static bool is_over(const struct error *error)
{
	return error && (error->code == ERR_INTERRUPTED || error->code == ERR_UNREACHABLE || error->code == ERR_BUSY);
}

/* That it does not want to say, or says what is no answer, is no error. */
static fallible ask(struct s3 *s3, const struct question *question, struct store_facts *facts)
{
	AUTO(s3_call) struct s3_call call = {.method = "GET"};
	AUTO(http_answer) struct http_answer answer = {0};
	s3_parameter(&call, question->about, "");
	struct error *error = s3_send(s3, &call, &answer);
	if (is_over(error))
		return error;
	if (!error)
		error = store_xml_read(str_text(&answer.body), answer.body.size, question->take, facts);
	error_ignore(error);
	return NULL;
}

/* ---- by trying ---- */

static fallible take_first(void *state, const struct store_object *object)
{
	char **name = state;
	*name = text_copy(object->name);
	return error_new(ERR_NO, "one is enough");
}

/* `name` NULL: the list. */
static fallible try_as_anybody(struct s3 *s3, const char *name, struct store_facts *facts)
{
	AUTO(s3_call) struct s3_call call = {.method = name ? "HEAD" : "GET", .name = name, .anonymous = true};
	AUTO(http_answer) struct http_answer answer = {0};
	if (!name) {
		s3_parameter(&call, "list-type", "2");
		s3_parameter(&call, "max-keys", "1");
	}
	struct error *error = s3_send(s3, &call, &answer);
	if (is_over(error))
		return error;
	if (!error)
		facts->is_public = STORE_SAYS_YES;
	error_ignore(error);
	return NULL;
}

static fallible try_public(struct s3 *s3, struct store_facts *facts)
{
	AUTO(memory) char *name = NULL;
	TRY(try_as_anybody(s3, NULL, facts));
	struct error *error = s3_list(&s3->store, "", take_first, &name);
	if (error && !name)
		return error;
	error_ignore(error);
	return name ? try_as_anybody(s3, name, facts) : NULL;
}

fallible s3_facts(struct store *store, struct store_facts *facts)
{
	static const struct question aws[] = {{"location", take_region},
					      {"versioning", take_versions},
					      {"policyStatus", take_policy},
					      {"acl", take_acl},
					      {"object-lock", take_lock},
					      {NULL, NULL}};
	static const struct question google[] = {{"location", take_google_region},
						 {"versioning", take_versions},
						 {"acl", take_acl},
						 {NULL, NULL}};
	struct s3 *s3 = s3_of(store);
	const struct question *questions = s3->dialect == &s3_dialect_google ? google : aws;
	for (const struct question *question = questions; question->about; question++)
		TRY(ask(s3, question, facts));
	return try_public(s3, facts);
}
