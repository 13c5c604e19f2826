/* Database URLs and connection strings of any bytes: parsed or refused with a hint, and never shown with a password. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "db/target.h"
#include "settings/mask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *text, bool bare)
{
	struct db_target target = {0};
	AUTO(error) struct error *error = db_target_parse(text, bare, &target);
	if (error) {
		assert(error->code == ERR_SETTINGS && error_hint_text(error));
		assert(!target.display && !target.path && !target.conninfo);
		return;
	}
	assert(target.display && (target.path != NULL) == (target.engine == DB_SQLITE));
	assert((target.conninfo != NULL) == (target.engine == DB_POSTGRESQL));
	/* What was understood is understood again, and is the same place; the pairs know of no doubt about the URL. */
	if (target.conninfo) {
		struct db_target again = {0};
		assert(!db_target_parse(target.conninfo, true, &again));
		assert(target.doubtful || !strcmp(target.display, again.display));
		db_target_cleanup(&again);
	}
	db_target_cleanup(&target);
}

/* A password does not survive masking, whatever it holds but "@", behind which only a reader could tell. */
static void mask_password(const char *text)
{
	if (strchr(text, '@'))
		return;
	static const char marker[] = "0123Secret";
	AUTO(memory) char *url = text_format("postgresql://u:%s%s@h/n", text, marker);
	AUTO(memory) char *shown = url_mask(url);
	assert(!strstr(shown, marker));
	if (strpbrk(text, " '\\"))
		return;
	AUTO(memory) char *pairs = text_format("host=h password=%s%s dbname=n", text, marker);
	AUTO(memory) char *pairs_shown = url_mask(pairs);
	assert(!strstr(pairs_shown, marker));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(memory) char *text = text_copy_n((const char *)data, size);
	parse(text, false);
	parse(text, true);
	AUTO(memory) char *shown = url_mask(text);
	assert(strlen(shown) <= strlen(text) * 4 + 3);
	mask_password(text);
	return 0;
}
