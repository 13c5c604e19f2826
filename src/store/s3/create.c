/* STORE_NEW: by a condition where the server obeys it, else by a look before. Whether it does is told by an answer of
 * 412; a server that does not know the header says so (501), or drops it without a word. */
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "store/name.h"
#include "store/s3/s3.h"

static fallible is_ours(struct s3 *s3, const struct s3_creating *creating, bool *ours)
{
	bool found;
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(s3_head(s3, creating->name, &found, &answer));
	*ours = found && text_equal(http_header(&answer, s3->dialect->mark), creating->mark);
	return NULL;
}

fallible s3_creating_begin(struct s3 *s3, struct s3_creating *creating)
{
	bool found;
	AUTO(http_answer) struct http_answer answer = {0};
	random_uuid(creating->mark);
	if (creating->writing != STORE_NEW || s3->conditions_kept)
		return NULL;
	TRY(s3_head(s3, creating->name, &found, &answer));
	return found ? store_taken(creating->name) : NULL;
}

void s3_creating_condition(const struct s3 *s3, const struct s3_creating *creating, struct s3_call *call)
{
	if (creating->writing != STORE_NEW)
		return;
	if (!s3->conditions_unknown)
		s3_header(call, "%s", s3->dialect->condition);
	call->tolerated[0] = 412;
	call->tolerated[1] = 501;
}

fallible s3_creating_end(struct s3 *s3, const struct s3_creating *creating, const struct http_answer *answer,
			 bool *again)
{
	*again = false;
	if (answer->status < 300)
		return NULL;
	if (answer->status == 501) {
		if (s3->conditions_unknown) {
			AUTO(s3_said) struct s3_said said = {0};
			s3_said_read(answer, &said);
			return s3_refusal(s3, creating->name, answer, &said, NULL);
		}
		s3->conditions_unknown = true;
		*again = true;
		return NULL;
	}
	s3->conditions_kept = true;
	bool ours = false;
	TRY(is_ours(s3, creating, &ours)); /* the answer to an earlier try may have been lost, also within libcurl */
	return ours ? NULL : store_taken(creating->name);
}

/* Two writes of the same name: the second one must be refused. */
bool s3_can(struct store *store, enum store_feature feature)
{
	(void)feature; /* there is but one */
	struct s3 *s3 = s3_of(store);
	if (s3->conditions_kept || s3->conditions_unknown)
		return s3->conditions_kept;
	char name[STORE_PART_SIZE];
	store_part_new(name);
	error_ignore(s3_put(store, name, "", 0, STORE_ANY));
	struct s3_creating creating = {.name = name, .writing = STORE_NEW};
	random_uuid(creating.mark);
	error_ignore(s3_put_whole(s3, &creating, "", 0));
	error_ignore(s3_remove(store, name));
	return s3->conditions_kept;
}
