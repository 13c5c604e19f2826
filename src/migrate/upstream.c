#include "migrate/upstream.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/embed.h"
#include "base/hide.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/url.h"
#include "openwebui/database.h"

EMBED_FILE(upstream_script, "src/migrate/upstream.py");

void upstream_cleanup(struct upstream *upstream)
{
	free(upstream->name);
	free(upstream->release);
	strings_cleanup(&upstream->chain);
}

/* ---- running its Python ---- */

/* What is printed goes to the log, behind a name; where there is none, with -v only. */
static void hear(void *name, const char *line)
{
	if (name)
		log_note("%s: %s", (const char *)name, line);
	else
		log_detail("%s", line);
}

/* Its answers, one object a line, as one object. */
static json_t *read_answers(const struct str *answer)
{
	AUTO(strings) struct strings lines = {0};
	json_t *all = json_object();
	strings_split(&lines, str_text(answer), '\n');
	for (size_t i = 0; i < lines.count; i++) {
		json_auto_t *one = json_loads(lines.items[i], 0, NULL);
		json_object_update(all, one);
	}
	return all;
}

static const char *answered(const json_t *answers, const char *name)
{
	return json_string_value(json_object_get(answers, name));
}

/* -P: what lies in the working folder is none of its modules. */
static fallible run_python(const struct upstream *upstream, const char *job, const char *target,
			   char *const *environment, const struct strings *secrets, int *status, json_t **answers)
{
	AUTO(strings) struct strings words = {0};
	const char *const texts[] = {upstream->python, "-P", "-u", "-c", upstream_script, job, target};
	for (size_t i = 0; i < COUNT(texts) && texts[i]; i++)
		strings_add(&words, texts[i]);
	AUTO(child_run) struct child_run run = {.words = words.items,
						.environment = environment,
						.line = hear,
						.state = upstream->name,
						.secrets = secrets};
	struct error *error = child_run(&run);
	*status = run.status;
	*answers = read_answers(&run.answer);
	return error;
}

/* ---- looking ---- */

#define PYTHON_HINT "--python is the Python that Open WebUI is installed for, as in /opt/open-webui/venv/bin/python"

/* Empty where it is no list of texts: what answers may be no Open WebUI at all. */
static void read_chain(const json_t *chain, struct strings *ids)
{
	size_t count = json_array_size(chain);
	for (size_t i = 0; i < count; i++)
		if (!json_is_string(json_array_get(chain, i)))
			return;
	for (size_t i = 0; i < count; i++)
		strings_add(ids, json_string_value(json_array_get(chain, i)));
}

static fallible read_look(const json_t *answers, int status, struct upstream *upstream)
{
	AUTO(memory) char *failure = child_failure(status);
	const char *missing = answered(answers, "missing");
	if (missing)
		return error_hint(error_new(ERR_SETTINGS, "%s is not installed for %s", missing, upstream->python),
				  PYTHON_HINT "; in its image set PYTHONPATH=/app/backend");
	if (failure)
		return error_hint(error_new(ERR_SETTINGS, "%s %s; it should be Python 3.11 or later", upstream->python,
					    failure),
				  PYTHON_HINT);
	read_chain(json_object_get(answers, "chain"), &upstream->chain);
	if (!upstream->chain.count)
		return error_new(ERR_FAILED, "the revisions of the Open WebUI of %s are no straight line",
				 upstream->python);
	upstream->release = text_copy(answered(answers, "release"));
	upstream->name = upstream->release ? text_format("Open WebUI %s", upstream->release) : text_copy("Open WebUI");
	upstream->numbers = json_is_true(json_object_get(answers, "numbered"));
	upstream->takes_schema = json_is_true(json_object_get(answers, "schema"));
	return NULL;
}

fallible upstream_look(const char *python, struct upstream *upstream)
{
	int status = 0;
	json_auto_t *answers = NULL;
	upstream->python = python;
	struct error *error = run_python(upstream, "look", NULL, environ, NULL, &status, &answers);
	return error ? error_hint(error, PYTHON_HINT) : read_look(answers, status, upstream);
}

/* ---- running its migrations ---- */

/* Ours, with the database as the release is to see it: parts that are set would count for more than the URL. */
static void make_environment(const struct installation *installation, const char *url, struct strings *environment)
{
	static const char *const own[] = {"DATABASE_URL=", "DATABASE_TYPE=", "DATABASE_USER=", "DATABASE_PASSWORD=",
					  "DATABASE_HOST=", "DATABASE_PORT=", "DATABASE_NAME=", "DATABASE_SCHEMA="};
	const char *schema = installation_schema(installation);
	for (char **variable = environ; *variable; variable++) {
		bool replaced = false;
		for (size_t i = 0; i < COUNT(own); i++)
			replaced = replaced || text_starts(*variable, own[i]);
		if (!replaced)
			strings_add(environment, *variable);
	}
	strings_add_taken(environment, text_format("DATABASE_URL=%s", url));
	if (schema)
		strings_add_taken(environment, text_format("DATABASE_SCHEMA=%s", schema));
}

/* The password, as it is written in the URL and as it is meant, or where libpq has it from. */
static fallible find_secrets(const char *url, struct strings *secrets)
{
	AUTO(db_url) struct db_url parts = {0};
	TRY(db_url_split(url, &parts));
	const char *in_query = db_url_parameter(&parts, "password");
	const char *at = strstr(url, "://"), *end = at ? strrchr(at, '@') : NULL;
	const char *colon = end ? memchr(at + 3, ':', (size_t)(end - at - 3)) : NULL;
	if (colon)
		strings_add_taken(secrets, text_copy_n(colon + 1, (size_t)(end - colon - 1)));
	if (parts.password)
		strings_add(secrets, parts.password);
	if (in_query)
		strings_add(secrets, in_query);
	if (getenv("PGPASSWORD"))
		strings_add(secrets, getenv("PGPASSWORD"));
	return NULL;
}

static fallible check_heads(const json_t *answers, const struct upstream *upstream)
{
	const json_t *heads = json_object_get(answers, "heads");
	const char *head = json_string_value(json_array_get(heads, 0));
	const char *last = upstream->chain.items[upstream->chain.count - 1];
	if (json_array_size(heads) == 1 && text_equal(head, last))
		return NULL;
	return error_new(ERR_FAILED, "the Alembic of %s names %s as its newest revision instead of %s", upstream->name,
			 head ? head : "none", last);
}

static fallible read_run(const json_t *answers, int status, const struct upstream *upstream,
			 const struct strings *secrets)
{
	AUTO(memory) char *failure = child_failure(status);
	if (!failure)
		return check_heads(answers, upstream);
	const char *told = answered(answers, "error");
	AUTO(memory) char *why = told ? text_without(told, secrets) : text_format("its Python %s", failure);
	return error_new(ERR_FAILED, "the migrations of %s: %s", upstream->name, why);
}

fallible upstream_run(struct installation *installation, const struct upstream *upstream,
		      const struct upstream_plan *plan)
{
	int status = 0;
	AUTO(secret) char *url = NULL;
	AUTO(secrets) struct strings secrets = {0}, environment = {0};
	json_auto_t *answers = NULL;
	TRY(database_url(installation->settings, installation->file, &url));
	TRY(find_secrets(url, &secrets));
	make_environment(installation, url, &environment);
	struct error *error =
		run_python(upstream, "up", plan->to, environment.items, &secrets, &status, &answers);
	return error ? error_wrap(error, "the migrations of %s", upstream->name)
		     : read_run(answers, status, upstream, &secrets);
}
