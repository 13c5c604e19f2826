/* One line: packets out and in. Every wait is for the line, for what ssh prints and asks, and for a signal. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/sftp/sftp.h"

#define VERSION 3
#define LONGEST_PACKET ((size_t)512 * 1024)
#define READ_SIZE ((size_t)64 * 1024)
#define LAST_WORDS_MS 2000 /* of an ssh whose line has ended */
#define PARTING_MS 5000
#define PARTING_AFTER_SIGNAL_MS 1000
#define LENGTH_SIZE 4

static bool is_cancelled(const struct sftp_session *session)
{
	return cancel_requested() && !session->parting_until;
}

/* ---- the line ---- */

static void wait_for_last_words(struct sftp_child *child)
{
	int64_t until = clock_monotonic_ms() + LAST_WORDS_MS;
	for (int64_t left = LAST_WORDS_MS; child->errors >= 0 && left > 0; left = until - clock_monotonic_ms()) {
		struct pollfd fds[] = {{.fd = child->errors, .events = POLLIN}, {.fd = cancel_fd(), .events = POLLIN}};
		poll(fds, COUNT(fds), (int)left);
		sftp_child_listen(child);
		if (cancel_requested())
			break;
	}
}

static fallible lose(struct sftp_session *session)
{
	bool passing = false;
	wait_for_last_words(&session->child);
	struct error *error = sftp_child_failure(session->sftp, &session->child, &passing);
	session->lost = passing;
	session->spoiled = true;
	return error;
}

static fallible write_out(struct sftp_session *session)
{
	struct str *out = &session->out;
	ssize_t done = send(session->child.line, out->data + session->out_sent, out->size - session->out_sent,
			    MSG_NOSIGNAL);
	if (done < 0 && errno != EAGAIN && errno != EINTR)
		return lose(session);
	session->out_sent += done > 0 ? (size_t)done : 0;
	if (done > 0)
		session->moved_at = clock_monotonic_ms();
	if (session->out_sent == out->size) {
		str_clear(out);
		session->out_sent = 0;
	}
	return NULL;
}

static fallible read_in(struct sftp_session *session)
{
	struct str *in = &session->in;
	if (session->in_taken) {
		in->size -= session->in_taken;
		memmove(in->data, in->data + session->in_taken, in->size);
		session->in_taken = 0;
	}
	str_reserve(in, READ_SIZE);
	ssize_t got = recv(session->child.line, in->data + in->size, READ_SIZE, 0);
	if (!got || (got < 0 && errno != EAGAIN && errno != EINTR))
		return lose(session);
	in->size += got > 0 ? (size_t)got : 0;
	if (got > 0)
		session->moved_at = clock_monotonic_ms();
	return NULL;
}

static int64_t may_be_silent_s(const struct sftp_session *session)
{
	const struct sftp *sftp = session->sftp;
	return sftp->silence_timeout_s + (session->greeted ? 0 : sftp->connect_timeout_s);
}

static fallible was_silent(struct sftp_session *session)
{
	session->lost = session->spoiled = true;
	return error_hint(error_new(ERR_UNREACHABLE, "%s: the server was silent for %lld s", session->sftp->name,
				    (long long)may_be_silent_s(session)),
			  "check the network, and that the server runs");
}

/* Until something has moved, at most for as long as a server may be silent. */
static fallible move(struct sftp_session *session)
{
	struct sftp_child *child = &session->child;
	struct pollfd fds[] = {
		{.fd = child->line, .events = (short)(POLLIN | (session->out.size ? POLLOUT : 0))},
		{.fd = child->errors, .events = POLLIN},
		{.fd = child->terminal, .events = POLLIN},
		{.fd = session->parting_until ? -1 : cancel_fd(), .events = POLLIN},
	};
	int64_t until = session->parting_until ? session->parting_until
					       : session->moved_at + may_be_silent_s(session) * 1000;
	int64_t left = until - clock_monotonic_ms();
	if (is_cancelled(session)) {
		session->spoiled = true;
		return cancel_check();
	}
	if (left <= 0)
		return was_silent(session);
	if (poll(fds, COUNT(fds), left < INT32_MAX ? (int)left : INT32_MAX) <= 0)
		return NULL;
	if (fds[1].revents)
		sftp_child_listen(child);
	if (fds[2].revents)
		sftp_child_answer(&session->sftp->login, child);
	if (fds[0].revents & POLLOUT)
		TRY(write_out(session));
	if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
		TRY(read_in(session));
	return NULL;
}

/* ---- packets ---- */

static void add_packet(struct sftp_session *session, enum sftp_type type, const uint32_t *id, const struct str *fields)
{
	struct str *out = &session->out;
	if (!out->size)
		session->moved_at = clock_monotonic_ms();
	sftp_add_u32(out, (uint32_t)(1 + (id ? sizeof *id : 0) + fields->size));
	str_add_char(out, (char)type);
	if (id)
		sftp_add_u32(out, *id);
	str_add_n(out, str_text(fields), fields->size);
}

uint32_t sftp_send(struct sftp_session *session, enum sftp_type type, const struct str *fields)
{
	uint32_t id = ++session->last_id;
	add_packet(session, type, &id, fields);
	return id;
}

fallible sftp_flush(struct sftp_session *session, size_t most)
{
	while (session->out.size - session->out_sent > most)
		TRY(move(session));
	return NULL;
}

fallible sftp_nonsense(struct sftp_session *session)
{
	session->spoiled = true;
	return error_hint(error_new(ERR_INPUT, "%s: the server does not speak SFTP", session->sftp->name),
			  "what the shell of the user prints at a login comes in between: "
			  "`ssh HOST true` must print nothing");
}

static fallible next_packet(struct sftp_session *session, struct sftp_reader *packet)
{
	session->moved_at = clock_monotonic_ms();
	for (;;) {
		const char *at = str_text(&session->in) + session->in_taken;
		struct sftp_reader reader = {.at = at, .left = session->in.size - session->in_taken};
		if (reader.left >= LENGTH_SIZE) {
			size_t size = sftp_read_u32(&reader);
			if (!size || size > LONGEST_PACKET)
				return sftp_nonsense(session);
			if (reader.left >= size) {
				session->in_taken += LENGTH_SIZE + size;
				*packet = (struct sftp_reader){.at = reader.at, .left = size};
				return NULL;
			}
		}
		TRY(move(session));
	}
}

static enum sftp_type take_type(struct sftp_reader *packet)
{
	packet->left--;
	return (enum sftp_type)(unsigned char)*packet->at++;
}

fallible sftp_receive(struct sftp_session *session, struct sftp_answer *answer)
{
	struct sftp_reader packet = {0};
	TRY(next_packet(session, &packet));
	*answer = (struct sftp_answer){.type = take_type(&packet)};
	answer->id = sftp_read_u32(&packet);
	if (answer->type == SFTP_STATUS)
		answer->code = sftp_read_u32(&packet);
	answer->fields = packet;
	return packet.broken ? sftp_nonsense(session) : NULL;
}

fallible sftp_ask(struct sftp_session *session, enum sftp_type type, const struct str *fields,
		  struct sftp_answer *answer)
{
	uint32_t id = sftp_send(session, type, fields);
	do
		TRY(sftp_receive(session, answer));
	while (answer->id != id && session->spoiled); /* others are still to come */
	return answer->id == id ? NULL : sftp_nonsense(session);
}

/* ---- its life ---- */

static void know_extension(struct sftp_session *session, const char *name, size_t size)
{
	const struct {
		const char *name;
		bool *known;
	} extensions[] = {
		{"posix-rename@openssh.com", &session->replaces},
		{"hardlink@openssh.com", &session->links},
		{"fsync@openssh.com", &session->syncs},
		{"statvfs@openssh.com", &session->tells_room},
	};
	for (size_t i = 0; i < COUNT(extensions); i++)
		if (strlen(extensions[i].name) == size && !memcmp(extensions[i].name, name, size))
			*extensions[i].known = true;
}

static fallible shake_hands(struct sftp_session *session)
{
	AUTO(str) struct str version = {0};
	struct sftp_reader packet = {0};
	size_t size;
	sftp_add_u32(&version, VERSION);
	add_packet(session, SFTP_INIT, NULL, &version);
	TRY(next_packet(session, &packet));
	if (take_type(&packet) != SFTP_VERSION || sftp_read_u32(&packet) < VERSION)
		return sftp_nonsense(session);
	while (packet.left && !packet.broken) {
		const char *name = sftp_read_string(&packet, &size);
		know_extension(session, name, size);
		sftp_read_string(&packet, &size);
	}
	session->greeted = true;
	return packet.broken ? sftp_nonsense(session) : NULL;
}

fallible sftp_session_open(struct sftp *sftp, struct sftp_session **session, bool *passing)
{
	static atomic_uint_least64_t numbers;
	struct sftp_session *opened = mem_new(1, sizeof *opened);
	opened->sftp = sftp;
	opened->number = ++numbers;
	struct error *error = sftp_child_start(sftp, &opened->child);
	if (!error)
		error = shake_hands(opened);
	if (!error) {
		sftp->reached = true;
		*session = opened;
		return NULL;
	}
	*passing = opened->lost;
	sftp_session_close(opened);
	return error;
}

void sftp_session_close(struct sftp_session *session)
{
	if (!session)
		return;
	sftp_child_end(&session->child);
	str_cleanup(&session->in);
	str_cleanup(&session->out);
	free(session);
}

void sftp_session_part(struct sftp_session *session)
{
	int64_t ms = cancel_requested() ? PARTING_AFTER_SIGNAL_MS : PARTING_MS;
	session->spoiled = true;
	session->parting_until = clock_monotonic_ms() + ms;
}
