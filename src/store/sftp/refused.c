/* What the server refuses. It says "failure" of most: then it is asked whether there is room, and whether it may
 * write. */
#include "base/memory.h"
#include "store/sftp/sftp.h"

#define MOUNTED_READ_ONLY 1u
#define NO_ROOM (1u << 18)

static const struct {
	enum sftp_code code;
	enum error_code error;
	const char *words, *hint;
} known[] = {
	{SFTP_NO_SUCH_FILE, ERR_INPUT, "there is no such file or folder", "check the path, and that what is mounted "
									  "there is"},
	{SFTP_PERMISSION_DENIED, ERR_PERMISSION, "permission denied",
	 "check owner and rights of the folder, and which user logs in"},
	{SFTP_BAD_MESSAGE, ERR_INPUT, "the server takes no such name", "names may be too long for its disk"},
	{SFTP_UNSUPPORTED, ERR_FAILED, "the server can't do that", "owctl needs what OpenSSH's server does"},
};

struct room {
	bool known;
	uint64_t bytes, files, flags;
};

static fallible ask_for_room(struct sftp_session *session, struct room *room)
{
	AUTO(str) struct str fields = {0};
	struct sftp_answer answer;
	sftp_add_text(&fields, "statvfs@openssh.com");
	sftp_add_text(&fields, *session->sftp->base ? session->sftp->base : ".");
	TRY(sftp_ask(session, SFTP_EXTENDED, &fields, &answer));
	if (answer.type != SFTP_EXTENDED_REPLY)
		return NULL;
	uint64_t numbers[11]; /* bsize frsize blocks bfree bavail files ffree favail fsid flag namemax */
	for (size_t i = 0; i < COUNT(numbers); i++)
		numbers[i] = sftp_read_u64(&answer.fields);
	*room = (struct room){.known = !answer.fields.broken,
			      .bytes = numbers[1] * numbers[4],
			      .files = numbers[5] ? numbers[7] : 1,
			      .flags = numbers[9]};
	return NULL;
}

static fallible failure(struct sftp_session *session, const char *doing, const char *name)
{
	struct room room = {0};
	const char *store = session->sftp->name;
	if (session->tells_room)
		TRY(ask_for_room(session, &room));
	if (room.known && room.flags & MOUNTED_READ_ONLY)
		return error_hint(error_new(ERR_PERMISSION, "cannot %s %s%s: it is mounted read-only", doing, store,
					    name),
				  "mount it for writing, or give another folder");
	if (room.known && (room.bytes < NO_ROOM || !room.files))
		return error_hint(error_new(ERR_FAILED, "cannot %s %s%s: the disk is full", doing, store, name),
				  "make room, and begin again; what was there before is as it was");
	return error_hint(error_new(ERR_FAILED, "cannot %s %s%s: the server says \"failure\", and not why", doing,
				    store, name),
			  "a quota may be used up, a name too long, or a file where a folder is to be: see the "
			  "server's log");
}

fallible sftp_refused(struct sftp_session *session, uint32_t code, const char *doing, const char *name)
{
	const char *store = session->sftp->name;
	name = name ? name : "";
	for (size_t i = 0; i < COUNT(known); i++)
		if (known[i].code == code)
			return error_hint(error_new(known[i].error, "cannot %s %s%s: %s", doing, store, name,
						    known[i].words),
					  "%s", known[i].hint);
	return failure(session, doing, name);
}
