/* A folder of another machine as a store, by SFTP. Only for src/store/sftp.
 *
 * The line to it is OpenSSH's own `ssh`, started as a child for its "sftp" subsystem; on the other side no shell is
 * needed (internal-sftp, a chroot). So keys, agents, certificates, hardware tokens, jump hosts and names of
 * ~/.ssh/config are what they are for the operator's ssh, and known_hosts is checked by who wrote it. Neither library
 * of Debian 12 would do: libssh2 1.10, also within libcurl, signs with RSA keys as ssh-rsa alone (SHA-1), which its
 * sshd takes no more, and can't put a file in the place of another one (posix-rename@openssh.com); libssh knows no
 * certificates of hosts.
 *
 * An object is a file of its name. It is written under the name of a part (store/name.h) in its own folder, put on the
 * disk where the server can (fsync@openssh.com), and then given its name; that this is on the disk as well SFTP can't
 * say. Symbolic links are no objects, but a folder that is one is followed. */
#ifndef STORE_SFTP_SFTP_H
#define STORE_SFTP_SFTP_H

#include <pthread.h>
#include <stdatomic.h>

#include "net/rate.h"
#include "store/driver.h"
#include "store/sftp/packet.h"

/* How to log in; NULL, and 0: as ssh does by itself. */
struct sftp_login {
	char *user, *host, *identity_file, *known_hosts, *config_file;
	unsigned port;
	char *password, *passphrase;
};

struct sftp {
	struct store store;
	struct sftp_login login;
	char *name; /* "sftp://user@host:port/path/", for messages */
	char *base; /* of paths: "/srv/backups/"; "" is the folder where a login begins */
	struct rate rate;
	atomic_bool reached;  /* a server has answered */
	pthread_mutex_t lock; /* of what follows */
	struct sftp_session *idle;
	int64_t patience_s, connect_timeout_s, silence_timeout_s;
};

static inline struct sftp *sftp_of(struct store *store)
{
	return (struct sftp *)store;
}

char *sftp_path(const struct sftp *sftp, const char *name) MUST_CHECK;
/* Of the part `part` beside the object of that path. To be freed. */
char *sftp_path_beside(const char *path, const char *part) MUST_CHECK;

/* ---- the child (ssh.c, told.c) ---- */

struct sftp_child {
	pid_t pid;
	int line;     /* its standard input and output */
	int errors;   /* its standard error */
	int terminal; /* on which it asks for passwords; -1: it must not ask */
	int its_end;  /* of the terminal: kept open, or reading would fail until ssh opens it */
	unsigned asked;
	struct str prompt, said;
};
fallible sftp_child_start(const struct sftp *sftp, struct sftp_child *child) MUST_CHECK;
void sftp_child_end(struct sftp_child *child);
/* Reads what it prints, or what it asks, and answers that. */
void sftp_child_listen(struct sftp_child *child);
void sftp_child_answer(const struct sftp_login *login, struct sftp_child *child);
/* Why the line was lost, as ssh says. `*passing`: it may be otherwise in a while. */
fallible sftp_child_failure(const struct sftp *sftp, const struct sftp_child *child, bool *passing) MUST_CHECK;

/* ---- sessions (session.c): one line each, used by one thread at a time ---- */

struct sftp_session {
	struct sftp_session *next; /* in sftp->idle */
	struct sftp *sftp;
	uint64_t number; /* no other one has had it */
	struct sftp_child child;
	struct str in, out;
	size_t in_taken, out_sent;
	uint32_t last_id;
	bool replaces, links, syncs, tells_room; /* which of OpenSSH's extensions the server knows */
	bool greeted;  /* it speaks SFTP; before that ssh logs in, which takes longer */
	bool lost;     /* the line; what was under way may be tried again by another session */
	bool spoiled;  /* answers are still to come that nobody waits for */
	bool further;  /* bytes of an object went over the line */
	int64_t moved_at;
	int64_t parting_until; /* of sftp_session_part; else 0 */
};

struct sftp_answer {
	enum sftp_type type;
	uint32_t id;
	uint32_t code;             /* of SFTP_STATUS; SFTP_OK for anything else */
	struct sftp_reader fields; /* borrowed until the next answer */
};

fallible sftp_session_open(struct sftp *sftp, struct sftp_session **session, bool *passing) MUST_CHECK;
void sftp_session_close(struct sftp_session *session); /* NULL is fine */
/* To clean up: goes on after a signal, and is waited for a few seconds at most. */
void sftp_session_part(struct sftp_session *session);

/* Sends the request of these fields; its id, with which the answer will come. */
uint32_t sftp_send(struct sftp_session *session, enum sftp_type type, const struct str *fields);
/* What was sent is on its way as far as that the rest takes no more than `most` bytes of memory. */
fallible sftp_flush(struct sftp_session *session, size_t most) MUST_CHECK;
fallible sftp_receive(struct sftp_session *session, struct sftp_answer *answer) MUST_CHECK;
fallible sftp_ask(struct sftp_session *session, enum sftp_type type, const struct str *fields,
		  struct sftp_answer *answer) MUST_CHECK;
fallible sftp_nonsense(struct sftp_session *session) MUST_CHECK; /* an answer that is none */

/* ---- trying again (sessions.c) ---- */

/* Does `work` by a session, with growing pauses as long as lines are lost and patience lasts: so it may be done more
 * than once, and more than once by the server. `keep`: the session stays the caller's, and is used if it is not NULL;
 * NULL: it is given back. */
typedef fallible sftp_work(struct sftp_session *session, void *state);
fallible sftp_do(struct sftp *sftp, struct sftp_session **keep, sftp_work *work, void *state) MUST_CHECK;
void sftp_give_back(struct sftp *sftp, struct sftp_session *session); /* NULL is fine */

/* ---- requests (request.c): `*code` is the server's, and only a line that is lost an error ---- */

fallible sftp_on_path(struct sftp_session *session, enum sftp_type type, const char *path, uint32_t *code) MUST_CHECK;
fallible sftp_make_folder(struct sftp_session *session, const char *path, uint32_t *code) MUST_CHECK;
fallible sftp_rename(struct sftp_session *session, const char *from, const char *to, uint32_t *code) MUST_CHECK;
/* posix-rename@openssh.com, hardlink@openssh.com */
fallible sftp_extended(struct sftp_session *session, const char *extension, const char *from, const char *to,
		       uint32_t *code) MUST_CHECK;
fallible sftp_sync(struct sftp_session *session, const struct str *handle, uint32_t *code) MUST_CHECK;
/* SFTP_STAT and SFTP_LSTAT of a path. */
fallible sftp_stat(struct sftp_session *session, enum sftp_type type, const char *path, uint32_t *code,
		   struct sftp_attributes *attributes) MUST_CHECK;
fallible sftp_stat_open(struct sftp_session *session, const struct str *handle, uint32_t *code,
			struct sftp_attributes *attributes) MUST_CHECK;
fallible sftp_open_file(struct sftp_session *session, const char *path, uint32_t what_for, uint32_t *code,
			struct str *handle) MUST_CHECK;
fallible sftp_open_folder(struct sftp_session *session, const char *path, uint32_t *code,
			  struct str *handle) MUST_CHECK;
fallible sftp_close(struct sftp_session *session, const struct str *handle, uint32_t *code) MUST_CHECK;
/* Makes the folders that a file of this path is in, 0700 each; those that can't be made are as they were. */
fallible sftp_make_folders_of(struct sftp_session *session, const char *path) MUST_CHECK;

/* Gives `size` bytes from `from` on to `out`, and adds what it gave to `*given`; ERR_INPUT where there are fewer. */
fallible sftp_read(struct sftp_session *session, const struct str *handle, const char *name, uint64_t from,
		   uint64_t size, const struct sink *out, uint64_t *given) MUST_CHECK;

bool sftp_is_kind(const struct sftp_attributes *attributes, uint32_t kind); /* S_IFREG, .. */

/* The error for what the server has refused; `name` NULL: the folder itself. Asks it whether there is room. */
fallible sftp_refused(struct sftp_session *session, uint32_t code, const char *doing, const char *name) MUST_CHECK;

/* ---- the functions of the driver ---- */

bool sftp_can(struct store *store, enum store_feature feature);
fallible sftp_time(struct store *store, const char *scratch, int64_t *now) MUST_CHECK;
fallible sftp_put(struct store *store, const char *name, const char *bytes, size_t size,
		  enum store_writing writing) MUST_CHECK;
fallible sftp_upload_begin(struct store *store, const char *name, enum store_writing writing,
			   struct store_upload **upload) MUST_CHECK;
fallible sftp_upload_write(struct store_upload *upload, const char *bytes, size_t size) MUST_CHECK;
fallible sftp_upload_end(struct store_upload *upload) MUST_CHECK;
void sftp_upload_free(struct store_upload *upload);
fallible sftp_remove(struct store *store, const char *name) MUST_CHECK;
fallible sftp_look(struct store *store, const char *name, bool *found, struct store_object *object) MUST_CHECK;
fallible sftp_get(struct store *store, const char *name, uint64_t offset, uint64_t size,
		  const struct sink *out) MUST_CHECK;
fallible sftp_list(struct store *store, const char *prefix, store_lister *lister, void *state) MUST_CHECK;

/* ---- names (name.c) ---- */

/* A file that is written, and is to have the name of an object. */
struct sftp_naming {
	const char *path, *part, *name;
	enum store_writing writing;
	bool tried;  /* it may have been done already, and the answer was lost */
	bool linked; /* it has the name; that of the part is still to go */
	/* Whether the file of this path has the bytes of this one. */
	fallible (*is_same)(struct sftp_session *session, void *state, bool *same);
	void *state;
};
fallible sftp_give_name(struct sftp_session *session, struct sftp_naming *naming) MUST_CHECK;

/* Writes a file of one byte beside the path, and tells its time of change; it is gone afterwards. */
fallible sftp_scratch(struct sftp_session *session, const char *path, uint32_t *code, uint32_t *modified) MUST_CHECK;

#endif
