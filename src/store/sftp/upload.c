/* An object on its way: pieces that the server has not acknowledged yet stay in memory. When a line was lost another
 * one goes on with the same file, after what was acknowledged is read back and is what it was: the machine may have
 * been switched off before it was on the disk. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/memory.h"
#include "store/name.h"
#include "store/sftp/sftp.h"

#define PIECE ((size_t)32768) /* what every server takes */
#define WINDOW 64

struct piece {
	uint32_t id;
	bool sent, done;
	struct str bytes;
};

struct sftp_upload {
	struct store_upload upload;
	struct sftp_session *session; /* NULL: the line is lost, or was never needed */
	uint64_t opened_by;           /* the number of the session that `handle` is of */
	struct str handle;
	char *name, *path, *part;
	struct piece pieces[WINDOW]; /* a ring: `count` whole ones, and the one behind them is being filled */
	size_t first, count;
	uint64_t taken;      /* bytes before the first piece: the server has acknowledged them */
	XXH3_state_t *hash;  /* of these */
	size_t most_waiting; /* pieces that need not be acknowledged now */
	bool begun, closed;
	struct sftp_naming naming;
};

static struct sftp_upload *own(struct store_upload *upload)
{
	return (struct sftp_upload *)upload;
}

static struct piece *piece_at(struct sftp_upload *upload, size_t i)
{
	return &upload->pieces[(upload->first + i) % WINDOW];
}

/* ---- the same bytes ---- */

static fallible add_to_hash(void *state, const char *bytes, size_t size)
{
	XXH3_128bits_update(state, bytes, size);
	return NULL;
}

static fallible has_taken(struct sftp_session *session, struct sftp_upload *upload, const struct str *handle,
			  bool *same)
{
	XXH3_state_t *hash = XXH3_createState();
	uint64_t given = 0;
	if (!hash)
		return error_new(ERR_FAILED, "no memory for a hash");
	XXH3_128bits_reset(hash);
	struct error *error = sftp_read(session, handle, upload->name, 0, upload->taken,
					&(struct sink){add_to_hash, hash}, &given);
	*same = !error && XXH128_isEqual(XXH3_128bits_digest(hash), XXH3_128bits_digest(upload->hash));
	XXH3_freeState(hash);
	return error;
}

/* For struct sftp_naming. */
static fallible is_same(struct sftp_session *session, void *state, bool *same)
{
	struct sftp_upload *upload = state;
	AUTO(str) struct str handle = {0};
	struct sftp_attributes attributes = {0};
	uint32_t code;
	*same = false;
	TRY(sftp_open_file(session, upload->path, SFTP_FOR_READING, &code, &handle));
	if (code != SFTP_OK)
		return NULL;
	TRY(sftp_stat_open(session, &handle, &code, &attributes));
	if (code == SFTP_OK && attributes.size == upload->taken)
		TRY(has_taken(session, upload, &handle, same));
	return sftp_close(session, &handle, &code);
}

/* ---- the file ---- */

static fallible lost_bytes(const struct sftp_session *session, const struct sftp_upload *upload)
{
	return error_hint(error_new(ERR_FAILED, "%s%s: the server has lost what it had taken before the line was lost",
				    session->sftp->name, upload->name),
			  "its machine may have been switched off, or somebody removed the file: begin again");
}

static fallible check_taken(struct sftp_session *session, struct sftp_upload *upload)
{
	struct sftp_attributes attributes = {0};
	bool same = false;
	uint32_t code;
	TRY(sftp_stat_open(session, &upload->handle, &code, &attributes));
	if (code == SFTP_OK && attributes.size >= upload->taken)
		TRY(has_taken(session, upload, &upload->handle, &same));
	return same ? NULL : lost_bytes(session, upload);
}

static fallible open_part(struct sftp_session *session, struct sftp_upload *upload)
{
	uint32_t code, what_for = SFTP_FOR_WRITING | SFTP_FOR_READING;
	if (!upload->taken)
		what_for = SFTP_FOR_WRITING | SFTP_MAKING | SFTP_EMPTYING;
	TRY(sftp_open_file(session, upload->part, what_for, &code, &upload->handle));
	if (code == SFTP_NO_SUCH_FILE && upload->taken)
		return lost_bytes(session, upload);
	if (code == SFTP_NO_SUCH_FILE) {
		TRY(sftp_make_folders_of(session, upload->part));
		TRY(sftp_open_file(session, upload->part, what_for, &code, &upload->handle));
	}
	if (code != SFTP_OK)
		return sftp_refused(session, code, "write", upload->name);
	upload->begun = true;
	if (upload->taken)
		TRY(check_taken(session, upload));
	for (size_t i = 0; i < upload->count; i++)
		piece_at(upload, i)->sent = piece_at(upload, i)->done = false;
	upload->opened_by = session->number;
	return NULL;
}

/* ---- pieces ---- */

static void send_piece(struct sftp_session *session, const struct sftp_upload *upload, struct piece *piece,
		       uint64_t from)
{
	AUTO(str) struct str fields = {0};
	sftp_add_string(&fields, str_text(&upload->handle), upload->handle.size);
	sftp_add_u64(&fields, from);
	sftp_add_string(&fields, str_text(&piece->bytes), piece->bytes.size);
	piece->id = sftp_send(session, SFTP_WRITE, &fields);
	piece->sent = true;
}

static fallible send_pieces(struct sftp_session *session, struct sftp_upload *upload)
{
	uint64_t from = upload->taken;
	for (size_t i = 0; i < upload->count; i++) {
		struct piece *piece = piece_at(upload, i);
		if (!piece->sent) {
			send_piece(session, upload, piece, from);
			TRY(sftp_flush(session, 0));
		}
		from += piece->bytes.size;
	}
	return NULL;
}

static void let_go_of_done(struct sftp_session *session, struct sftp_upload *upload)
{
	while (upload->count && piece_at(upload, 0)->done) {
		struct piece *piece = piece_at(upload, 0);
		XXH3_128bits_update(upload->hash, str_text(&piece->bytes), piece->bytes.size);
		upload->taken += piece->bytes.size;
		str_clear(&piece->bytes);
		piece->sent = piece->done = false;
		upload->first = (upload->first + 1) % WINDOW;
		upload->count--;
		session->further = true;
	}
}

static fallible take_answer(struct sftp_session *session, struct sftp_upload *upload)
{
	struct sftp_answer answer;
	struct piece *piece = NULL;
	TRY(sftp_receive(session, &answer));
	for (size_t i = 0; i < upload->count && !piece; i++)
		if (piece_at(upload, i)->id == answer.id && piece_at(upload, i)->sent)
			piece = piece_at(upload, i);
	if (!piece || answer.type != SFTP_STATUS)
		return sftp_nonsense(session);
	if (answer.code != SFTP_OK) {
		session->spoiled = true;
		return sftp_refused(session, answer.code, "write", upload->name);
	}
	piece->done = true;
	let_go_of_done(session, upload);
	return NULL;
}

static fallible advance(struct sftp_session *session, void *state)
{
	struct sftp_upload *upload = state;
	if (upload->opened_by != session->number)
		TRY(open_part(session, upload));
	TRY(send_pieces(session, upload));
	while (upload->count > upload->most_waiting)
		TRY(take_answer(session, upload));
	return NULL;
}

static fallible finish(struct sftp_session *session, void *state)
{
	struct sftp_upload *upload = state;
	uint32_t code = SFTP_OK;
	if (!upload->closed) {
		upload->most_waiting = 0;
		TRY(advance(session, upload));
		if (session->syncs)
			TRY(sftp_sync(session, &upload->handle, &code));
		if (code == SFTP_OK || code == SFTP_UNSUPPORTED)
			TRY(sftp_close(session, &upload->handle, &code));
		if (code != SFTP_OK)
			return sftp_refused(session, code, "write", upload->name);
		upload->closed = true;
	}
	return sftp_give_name(session, &upload->naming);
}

/* ---- the driver's functions ---- */

fallible sftp_upload_begin(struct store *store, const char *name, enum store_writing writing,
			   struct store_upload **upload)
{
	struct sftp *sftp = sftp_of(store);
	char part[STORE_PART_SIZE];
	struct sftp_upload *begun = mem_new(1, sizeof *begun);
	store_part_new(part);
	begun->name = text_copy(name);
	begun->path = sftp_path(sftp, name);
	begun->part = sftp_path_beside(begun->path, part);
	begun->hash = XXH3_createState();
	begun->most_waiting = WINDOW - 1;
	begun->naming = (struct sftp_naming){.path = begun->path,
					     .part = begun->part,
					     .name = begun->name,
					     .writing = writing,
					     .is_same = is_same,
					     .state = begun};
	*upload = &begun->upload;
	if (begun->hash && XXH3_128bits_reset(begun->hash) == XXH_OK)
		return NULL;
	sftp_upload_free(&begun->upload);
	free(begun);
	return error_new(ERR_FAILED, "no memory for a hash");
}

fallible sftp_upload_write(struct store_upload *upload, const char *bytes, size_t size)
{
	struct sftp *sftp = sftp_of(upload->store);
	struct sftp_upload *to = own(upload);
	while (size) {
		struct piece *piece = piece_at(to, to->count);
		size_t room = PIECE - piece->bytes.size, take = size < room ? size : room;
		str_add_n(&piece->bytes, bytes, take);
		bytes += take;
		size -= take;
		if (piece->bytes.size < PIECE)
			continue;
		rate_wait(&sftp->rate, PIECE);
		to->count++;
		TRY(sftp_do(sftp, &to->session, advance, to));
	}
	return NULL;
}

fallible sftp_upload_end(struct store_upload *upload)
{
	struct sftp *sftp = sftp_of(upload->store);
	struct sftp_upload *ending = own(upload);
	size_t rest = piece_at(ending, ending->count)->bytes.size;
	if (rest) {
		rate_wait(&sftp->rate, rest);
		ending->count++;
	}
	return sftp_do(sftp, &ending->session, finish, ending);
}

static void take_away(struct sftp_upload *upload)
{
	uint32_t ignored;
	sftp_session_part(upload->session);
	error_ignore(sftp_on_path(upload->session, SFTP_REMOVE, upload->part, &ignored));
}

/* What stays nevertheless goes when it is old (list.c). */
void sftp_upload_free(struct store_upload *upload)
{
	struct sftp_upload *ending = own(upload);
	if (ending->session && ending->begun && !upload->ended)
		take_away(ending);
	if (ending->session)
		sftp_give_back(ending->session->sftp, ending->session);
	for (size_t i = 0; i < COUNT(ending->pieces); i++)
		str_cleanup(&ending->pieces[i].bytes);
	XXH3_freeState(ending->hash);
	str_cleanup(&ending->handle);
	free(ending->name);
	free(ending->path);
	free(ending->part);
}

fallible sftp_put(struct store *store, const char *name, const char *bytes, size_t size, enum store_writing writing)
{
	AUTO(store_upload) struct store_upload *upload = NULL;
	TRY(store_upload_begin(store, name, writing, &upload));
	TRY(store_upload_write(upload, bytes, size));
	return store_upload_end(&upload);
}

struct removing {
	const char *name, *path;
};

/* A folder of that name is no object: no server removes one so. */
static fallible remove_it(struct sftp_session *session, void *state)
{
	const struct removing *removing = state;
	struct sftp_attributes attributes = {0};
	uint32_t code, looked;
	TRY(sftp_on_path(session, SFTP_REMOVE, removing->path, &code));
	if (code == SFTP_OK || code == SFTP_NO_SUCH_FILE)
		return NULL;
	TRY(sftp_stat(session, SFTP_LSTAT, removing->path, &looked, &attributes));
	if (looked == SFTP_OK && sftp_is_kind(&attributes, 0040000))
		return NULL;
	return sftp_refused(session, code, "remove", removing->name);
}

fallible sftp_remove(struct store *store, const char *name)
{
	struct sftp *sftp = sftp_of(store);
	AUTO(memory) char *path = sftp_path(sftp, name);
	return sftp_do(sftp, NULL, remove_it, &(struct removing){.name = name, .path = path});
}
