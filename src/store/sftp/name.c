/* Giving a file its name, and not the place of one that has it already. */
#include "base/memory.h"
#include "store/name.h"
#include "store/sftp/sftp.h"

static fallible exists(struct sftp_session *session, const char *path, bool *there)
{
	struct sftp_attributes ignored;
	uint32_t code;
	TRY(sftp_stat(session, SFTP_LSTAT, path, &code, &ignored));
	*there = code == SFTP_OK;
	return NULL;
}

/* Nobody else moves the part: where it is gone, and was moved before, it is what has the name. */
static fallible is_moved(struct sftp_session *session, const struct sftp_naming *naming, bool *moved)
{
	bool part = false, named = false;
	TRY(exists(session, naming->part, &part));
	TRY(exists(session, naming->path, &named));
	*moved = !part && named;
	return NULL;
}

static fallible replace(struct sftp_session *session, const struct sftp_naming *naming, bool tried)
{
	bool moved = false, there = false;
	uint32_t code;
	if (session->replaces)
		TRY(sftp_extended(session, "posix-rename@openssh.com", naming->part, naming->path, &code));
	else
		TRY(sftp_rename(session, naming->part, naming->path, &code));
	if (code == SFTP_OK)
		return NULL;
	if (tried)
		TRY(is_moved(session, naming, &moved));
	if (moved)
		return NULL;
	if (!session->replaces)
		TRY(exists(session, naming->path, &there));
	if (!there)
		return sftp_refused(session, code, "write", naming->name);
	return error_hint(error_new(ERR_FAILED,
				    "cannot write %s%s: the server can't put a file in the place of another",
				    session->sftp->name, naming->name),
			  "owctl needs posix-rename@openssh.com, which OpenSSH's server has");
}

/* Of a server that can make no link it is not known how it renames, so it is looked before. */
static fallible rename_new(struct sftp_session *session, const struct sftp_naming *naming, bool tried)
{
	bool moved = false, there;
	uint32_t code = SFTP_OK;
	if (tried)
		TRY(is_moved(session, naming, &moved));
	if (moved)
		return NULL;
	TRY(exists(session, naming->path, &there));
	if (there)
		return store_taken(naming->name);
	TRY(sftp_rename(session, naming->part, naming->path, &code));
	if (code == SFTP_OK)
		return NULL;
	TRY(exists(session, naming->path, &there));
	return there ? store_taken(naming->name) : sftp_refused(session, code, "write", naming->name);
}

static fallible link_new(struct sftp_session *session, struct sftp_naming *naming, bool tried)
{
	bool there, same = false;
	uint32_t code;
	TRY(sftp_extended(session, "hardlink@openssh.com", naming->part, naming->path, &code));
	naming->linked = code == SFTP_OK;
	if (naming->linked)
		return NULL;
	TRY(exists(session, naming->path, &there));
	if (!there) /* a disk without links */
		return rename_new(session, naming, tried);
	if (tried)
		TRY(naming->is_same(session, naming->state, &same));
	naming->linked = same;
	return same ? NULL : store_taken(naming->name);
}

fallible sftp_give_name(struct sftp_session *session, struct sftp_naming *naming)
{
	bool tried = naming->tried;
	uint32_t ignored;
	naming->tried = true;
	if (naming->writing == STORE_ANY)
		return replace(session, naming, tried);
	if (!session->links)
		return rename_new(session, naming, tried);
	if (!naming->linked)
		TRY(link_new(session, naming, tried));
	return naming->linked ? sftp_on_path(session, SFTP_REMOVE, naming->part, &ignored) : NULL;
}

/* ---- scratch files ---- */

static fallible write_byte(struct sftp_session *session, const struct str *handle, uint32_t *code)
{
	AUTO(str) struct str fields = {0};
	struct sftp_answer answer;
	sftp_add_string(&fields, str_text(handle), handle->size);
	sftp_add_u64(&fields, 0);
	sftp_add_string(&fields, "", 1);
	TRY(sftp_ask(session, SFTP_WRITE, &fields, &answer));
	*code = answer.code;
	return NULL;
}

static fallible make_scratch(struct sftp_session *session, const char *part, uint32_t *code, uint32_t *modified)
{
	AUTO(str) struct str handle = {0};
	struct sftp_attributes attributes = {0};
	uint32_t ignored;
	const uint32_t what_for = SFTP_FOR_WRITING | SFTP_MAKING | SFTP_EMPTYING;
	TRY(sftp_open_file(session, part, what_for, code, &handle));
	if (*code == SFTP_NO_SUCH_FILE) {
		TRY(sftp_make_folders_of(session, part));
		TRY(sftp_open_file(session, part, what_for, code, &handle));
	}
	if (*code != SFTP_OK)
		return NULL;
	TRY(write_byte(session, &handle, code));
	if (*code == SFTP_OK)
		TRY(sftp_stat_open(session, &handle, code, &attributes));
	*modified = attributes.modified;
	return sftp_close(session, &handle, &ignored);
}

fallible sftp_scratch(struct sftp_session *session, const char *path, uint32_t *code, uint32_t *modified)
{
	char name[STORE_PART_SIZE];
	uint32_t ignored;
	store_part_new(name);
	AUTO(memory) char *part = sftp_path_beside(path, name);
	TRY(make_scratch(session, part, code, modified));
	return *code == SFTP_OK ? sftp_on_path(session, SFTP_REMOVE, part, &ignored) : NULL;
}

struct timing {
	const char *name, *path;
	uint32_t modified;
};

static fallible time_by_scratch(struct sftp_session *session, void *state)
{
	struct timing *timing = state;
	uint32_t code;
	TRY(sftp_scratch(session, timing->path, &code, &timing->modified));
	return code == SFTP_OK ? NULL : sftp_refused(session, code, "write", timing->name);
}

fallible sftp_time(struct store *store, const char *scratch, int64_t *now)
{
	struct sftp *sftp = sftp_of(store);
	AUTO(memory) char *path = sftp_path(sftp, scratch);
	struct timing timing = {.name = scratch, .path = path};
	TRY(sftp_do(sftp, NULL, time_by_scratch, &timing));
	*now = (int64_t)timing.modified * 1000000000;
	return NULL;
}

/* ---- what the store can ---- */

/* A link can be made where there is none, and not where there is one. */
static fallible try_links(struct sftp_session *session, void *state)
{
	bool *can = state;
	char names[2][STORE_PART_SIZE];
	uint32_t code, first = SFTP_FAILURE, second = SFTP_OK, ignored;
	store_part_new(names[0]);
	store_part_new(names[1]);
	AUTO(memory) char *from = sftp_path(session->sftp, names[0]), *to = sftp_path(session->sftp, names[1]);
	*can = false;
	TRY(make_scratch(session, from, &code, &ignored));
	if (!session->links || code != SFTP_OK)
		return code == SFTP_OK ? sftp_on_path(session, SFTP_REMOVE, from, &ignored) : NULL;
	TRY(sftp_extended(session, "hardlink@openssh.com", from, to, &first));
	if (first == SFTP_OK)
		TRY(sftp_extended(session, "hardlink@openssh.com", from, to, &second));
	*can = first == SFTP_OK && second != SFTP_OK;
	TRY(sftp_on_path(session, SFTP_REMOVE, from, &ignored));
	return first == SFTP_OK ? sftp_on_path(session, SFTP_REMOVE, to, &ignored) : NULL;
}

bool sftp_can(struct store *store, enum store_feature feature)
{
	(void)feature; /* there is but one */
	bool can = false;
	error_ignore(sftp_do(sftp_of(store), NULL, try_links, &can));
	return can;
}
