/* Requests that are answered one by one. */
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "store/sftp/sftp.h"

char *sftp_path(const struct sftp *sftp, const char *name)
{
	return text_format("%s%s", sftp->base, name);
}

char *sftp_path_beside(const char *path, const char *part)
{
	const char *slash = strrchr(path, '/');
	return text_format("%.*s%s", slash ? (int)(slash - path) + 1 : 0, path, part);
}

bool sftp_is_kind(const struct sftp_attributes *attributes, uint32_t kind)
{
	return attributes->told & SFTP_TELLS_MODE && (attributes->mode & S_IFMT) == kind;
}

static fallible ask_for_status(struct sftp_session *session, enum sftp_type type, const struct str *fields,
			       uint32_t *code)
{
	struct sftp_answer answer;
	TRY(sftp_ask(session, type, fields, &answer));
	*code = answer.code;
	return answer.type == SFTP_STATUS ? NULL : sftp_nonsense(session);
}

static fallible ask_for_handle(struct sftp_session *session, enum sftp_type type, const struct str *fields,
			       uint32_t *code, struct str *handle)
{
	struct sftp_answer answer;
	size_t size;
	TRY(sftp_ask(session, type, fields, &answer));
	*code = answer.code;
	if (answer.type == SFTP_STATUS && answer.code != SFTP_OK)
		return NULL;
	const char *bytes = sftp_read_string(&answer.fields, &size);
	if (answer.type != SFTP_HANDLE || answer.fields.broken)
		return sftp_nonsense(session);
	str_clear(handle);
	str_add_n(handle, bytes, size);
	return NULL;
}

static fallible ask_for_attributes(struct sftp_session *session, enum sftp_type type, const struct str *fields,
				   uint32_t *code, struct sftp_attributes *attributes)
{
	struct sftp_answer answer;
	TRY(sftp_ask(session, type, fields, &answer));
	*code = answer.code;
	if (answer.type == SFTP_STATUS && answer.code != SFTP_OK)
		return NULL;
	if (answer.type == SFTP_ATTRIBUTES)
		sftp_read_attributes(&answer.fields, attributes);
	return answer.type != SFTP_ATTRIBUTES || answer.fields.broken ? sftp_nonsense(session) : NULL;
}

/* ---- each of them ---- */

fallible sftp_on_path(struct sftp_session *session, enum sftp_type type, const char *path, uint32_t *code)
{
	AUTO(str) struct str fields = {0};
	sftp_add_text(&fields, path);
	return ask_for_status(session, type, &fields, code);
}

fallible sftp_make_folder(struct sftp_session *session, const char *path, uint32_t *code)
{
	AUTO(str) struct str fields = {0};
	sftp_add_text(&fields, path);
	sftp_add_mode(&fields, 0700);
	return ask_for_status(session, SFTP_MKDIR, &fields, code);
}

fallible sftp_make_folders_of(struct sftp_session *session, const char *path)
{
	for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
		AUTO(memory) char *folder = text_copy_n(path, (size_t)(slash - path));
		uint32_t code;
		if (*folder)
			TRY(sftp_make_folder(session, folder, &code));
	}
	return NULL;
}

fallible sftp_rename(struct sftp_session *session, const char *from, const char *to, uint32_t *code)
{
	AUTO(str) struct str fields = {0};
	sftp_add_text(&fields, from);
	sftp_add_text(&fields, to);
	return ask_for_status(session, SFTP_RENAME, &fields, code);
}

fallible sftp_extended(struct sftp_session *session, const char *extension, const char *from, const char *to,
		       uint32_t *code)
{
	AUTO(str) struct str fields = {0};
	sftp_add_text(&fields, extension);
	sftp_add_text(&fields, from);
	sftp_add_text(&fields, to);
	return ask_for_status(session, SFTP_EXTENDED, &fields, code);
}

fallible sftp_sync(struct sftp_session *session, const struct str *handle, uint32_t *code)
{
	AUTO(str) struct str fields = {0};
	sftp_add_text(&fields, "fsync@openssh.com");
	sftp_add_string(&fields, str_text(handle), handle->size);
	return ask_for_status(session, SFTP_EXTENDED, &fields, code);
}

fallible sftp_stat(struct sftp_session *session, enum sftp_type type, const char *path, uint32_t *code,
		   struct sftp_attributes *attributes)
{
	AUTO(str) struct str fields = {0};
	sftp_add_text(&fields, path);
	return ask_for_attributes(session, type, &fields, code, attributes);
}

fallible sftp_stat_open(struct sftp_session *session, const struct str *handle, uint32_t *code,
			struct sftp_attributes *attributes)
{
	AUTO(str) struct str fields = {0};
	sftp_add_string(&fields, str_text(handle), handle->size);
	return ask_for_attributes(session, SFTP_FSTAT, &fields, code, attributes);
}

fallible sftp_open_file(struct sftp_session *session, const char *path, uint32_t what_for, uint32_t *code,
			struct str *handle)
{
	AUTO(str) struct str fields = {0};
	sftp_add_text(&fields, path);
	sftp_add_u32(&fields, what_for);
	sftp_add_mode(&fields, 0600);
	return ask_for_handle(session, SFTP_OPEN, &fields, code, handle);
}

fallible sftp_open_folder(struct sftp_session *session, const char *path, uint32_t *code, struct str *handle)
{
	AUTO(str) struct str fields = {0};
	sftp_add_text(&fields, path);
	return ask_for_handle(session, SFTP_OPENDIR, &fields, code, handle);
}

fallible sftp_close(struct sftp_session *session, const struct str *handle, uint32_t *code)
{
	AUTO(str) struct str fields = {0};
	sftp_add_string(&fields, str_text(handle), handle->size);
	return ask_for_status(session, SFTP_CLOSE, &fields, code);
}
