/* Objects looked at and read: many requests are under way at once, and a line that is lost is gone on with from there,
 * if it is still the same file. */
#include <sys/stat.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/sftp/sftp.h"

#define PIECE 32768u /* what every server takes */
#define WINDOW 64

/* ---- looking ---- */

struct looking {
	const char *name, *path;
	uint32_t code;
	struct sftp_attributes attributes;
};

static fallible look(struct sftp_session *session, void *state)
{
	struct looking *looking = state;
	TRY(sftp_stat(session, SFTP_LSTAT, looking->path, &looking->code, &looking->attributes));
	if (looking->code == SFTP_OK || looking->code == SFTP_NO_SUCH_FILE)
		return NULL;
	return sftp_refused(session, looking->code, "look at", looking->name);
}

fallible sftp_look(struct store *store, const char *name, bool *found, struct store_object *object)
{
	struct sftp *sftp = sftp_of(store);
	AUTO(memory) char *path = sftp_path(sftp, name);
	struct looking looking = {.name = name, .path = path};
	TRY(sftp_do(sftp, NULL, look, &looking));
	*found = looking.code == SFTP_OK && sftp_is_kind(&looking.attributes, S_IFREG);
	*object = (struct store_object){.size = looking.attributes.size,
					.modified = looking.attributes.modified * NS_A_SECOND};
	return NULL;
}

/* ---- a range of an open file ---- */

struct piece {
	uint32_t id;
	uint32_t asked;
	uint64_t from; /* of what is asked for now */
	struct str bytes;
};

struct reading {
	struct sftp_session *session;
	const struct str *handle;
	const char *name;
	uint64_t next, end; /* what is not asked for yet */
	const struct sink *out;
	uint64_t given;
	struct piece pieces[WINDOW]; /* a ring: those that are asked for, and not given yet */
	size_t first, count;
};

static void ask(struct reading *reading, struct piece *piece)
{
	AUTO(str) struct str fields = {0};
	sftp_add_string(&fields, str_text(reading->handle), reading->handle->size);
	sftp_add_u64(&fields, piece->from);
	sftp_add_u32(&fields, piece->asked);
	piece->id = sftp_send(reading->session, SFTP_READ, &fields);
}

static void ask_for_more(struct reading *reading)
{
	while (reading->count < WINDOW && reading->next < reading->end) {
		struct piece *piece = &reading->pieces[(reading->first + reading->count++) % WINDOW];
		uint64_t left = reading->end - reading->next;
		piece->from = reading->next;
		piece->asked = left < PIECE ? (uint32_t)left : PIECE;
		reading->next += piece->asked;
		str_clear(&piece->bytes);
		ask(reading, piece);
	}
}

static struct piece *piece_of(struct reading *reading, uint32_t id)
{
	for (size_t i = 0; i < reading->count; i++) {
		struct piece *piece = &reading->pieces[(reading->first + i) % WINDOW];
		if (piece->id == id && piece->asked)
			return piece;
	}
	return NULL;
}

static fallible cut_off(const struct reading *reading)
{
	return error_new(ERR_INPUT, "%s%s was cut off while it was read", reading->session->sftp->name, reading->name);
}

/* A server may give less than it was asked for. */
static fallible take_answer(struct reading *reading)
{
	struct sftp_answer answer;
	size_t size;
	TRY(sftp_receive(reading->session, &answer));
	struct piece *piece = piece_of(reading, answer.id);
	if (!piece)
		return sftp_nonsense(reading->session);
	if (answer.type == SFTP_STATUS)
		return answer.code == SFTP_EOF ? cut_off(reading)
					       : sftp_refused(reading->session, answer.code, "read", reading->name);
	const char *bytes = sftp_read_string(&answer.fields, &size);
	if (answer.type != SFTP_DATA || answer.fields.broken || !size || size > piece->asked)
		return sftp_nonsense(reading->session);
	str_add_n(&piece->bytes, bytes, size);
	piece->asked -= (uint32_t)size;
	piece->from += size;
	if (piece->asked)
		ask(reading, piece);
	return NULL;
}

static fallible give_what_is_there(struct reading *reading)
{
	for (; reading->count && !reading->pieces[reading->first].asked; reading->count--) {
		struct str *bytes = &reading->pieces[reading->first].bytes;
		reading->first = (reading->first + 1) % WINDOW;
		rate_wait(&reading->session->sftp->rate, bytes->size);
		TRY(cancel_check());
		TRY(sink_take(reading->out, str_text(bytes), bytes->size));
		reading->given += bytes->size;
		reading->session->further = true;
	}
	return NULL;
}

static fallible read_all(struct reading *reading)
{
	for (ask_for_more(reading); reading->count; ask_for_more(reading)) {
		TRY(take_answer(reading));
		TRY(give_what_is_there(reading));
	}
	return NULL;
}

fallible sftp_read(struct sftp_session *session, const struct str *handle, const char *name, uint64_t from,
		   uint64_t size, const struct sink *out, uint64_t *given)
{
	struct reading reading = {.session = session,
				  .handle = handle,
				  .name = name,
				  .next = from,
				  .end = from + size,
				  .out = out};
	struct error *error = read_all(&reading);
	*given += reading.given;
	session->spoiled = session->spoiled || error;
	for (size_t i = 0; i < COUNT(reading.pieces); i++)
		str_cleanup(&reading.pieces[i].bytes);
	return error;
}

/* ---- an object ---- */

struct getting {
	const char *name, *path;
	uint64_t offset, size; /* as asked for */
	uint64_t given;
	const struct sink *out;
	bool begun;
	struct sftp_attributes attributes; /* of the file that it began with */
};

static fallible is_still_the_same(const struct sftp *sftp, struct getting *getting,
				  const struct sftp_attributes *attributes)
{
	bool same = !getting->begun || (attributes->size == getting->attributes.size &&
					attributes->modified == getting->attributes.modified);
	getting->begun = true;
	getting->attributes = *attributes;
	if (same)
		return NULL;
	return error_hint(error_new(ERR_INPUT, "%s%s was changed while it was read", sftp->name, getting->name),
			  "try again");
}

static fallible get(struct sftp_session *session, void *state)
{
	struct getting *getting = state;
	AUTO(str) struct str handle = {0};
	struct sftp_attributes attributes = {0};
	uint32_t code;
	TRY(sftp_open_file(session, getting->path, SFTP_FOR_READING, &code, &handle));
	if (code == SFTP_OK)
		TRY(sftp_stat_open(session, &handle, &code, &attributes));
	if (code != SFTP_OK && code != SFTP_NO_SUCH_FILE)
		return sftp_refused(session, code, "read", getting->name);
	if (code == SFTP_NO_SUCH_FILE || sftp_is_kind(&attributes, S_IFDIR))
		return error_new(ERR_INPUT, "%s%s is not there", session->sftp->name, getting->name);
	TRY(is_still_the_same(session->sftp, getting, &attributes));
	uint64_t left = getting->offset < attributes.size ? attributes.size - getting->offset : 0;
	left = getting->size && getting->size < left ? getting->size : left;
	TRY(sftp_read(session, &handle, getting->name, getting->offset + getting->given, left - getting->given,
		      getting->out, &getting->given));
	return sftp_close(session, &handle, &code);
}

fallible sftp_get(struct store *store, const char *name, uint64_t offset, uint64_t size, const struct sink *out)
{
	struct sftp *sftp = sftp_of(store);
	AUTO(memory) char *path = sftp_path(sftp, name);
	struct getting getting = {.name = name, .path = path, .offset = offset, .size = size, .out = out};
	return sftp_do(sftp, NULL, get, &getting);
}
