/* Places that keep objects (named bytes, written once as a whole) behind one interface: a folder, S3 and what speaks
 * it, Google Cloud Storage, Azure Blob Storage, a folder of another machine by SFTP. Nothing above asks which driver it
 * has; it asks what the store can do (store_can).
 *
 * Names are bytes without NUL (S3 and Azure take UTF-8 alone, Azure no "\"), of parts divided by "/"; no part is
 * empty, "." or "..". What was written is there for whoever looks afterwards, and on the disk; who looks earlier finds
 * nothing, or what was there before. A store may be used by several threads at once; an upload belongs to one.
 *
 * What fails for a while (5xx, 429, slow down, a connection that is reset or not to be had) is tried again with
 * growing pauses, within `patience_s` of the options (a sixth of it where the server was never reached). Then
 * ERR_UNREACHABLE; ERR_BUSY where the server was there and said to come later. ERR_PERMISSION: credentials or
 * rights, a read-only place; ERR_SETTINGS: no such bucket, folder or region, a clock that is wrong; ERR_INPUT: no
 * such object, or one that is not what it was said to be; ERR_FAILED otherwise, as a full disk; ERR_INTERRUPTED: a
 * signal. Secrets are in no message. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sink.h"
#include "base/str.h"

/* ---- where ---- */

/* A folder:  /srv/backups, ./backups, file:///srv/backups
 * S3:        s3://bucket/prefix?endpoint=https://minio.example:9000&region=eu-central-1&style=path
 *            style: path or host (default: path where there is an endpoint of one's own); ca=FILE; class=STANDARD_IA;
 *            sse=AES256 | aws:kms:KEY; lock=30d | compliance:30d, how long nobody can take an object away for good
 *            after it was written (the bucket needs object lock).
 * Google:    gs://bucket/prefix?class=NEARLINE, and as S3's: endpoint, style (default: path), ca.
 * Azure:     azure://account/container/prefix?endpoint=https://host:port/account&tier=Cool
 *            endpoint: the address of the account (BlobEndpoint of a connection string; default: that of Azure's
 *            public cloud, https://account.blob.core.windows.net); ca=FILE; tier=Hot | Cool | Cold.
 * SFTP:      sftp://user@host:2222/srv/backups?identity=FILE&known-hosts=FILE&config=FILE
 *            user, port, and host as a name, are those of ~/.ssh/config where it has them; a path that begins with
 *            "./" or "~/" behind the host's "/" begins in the folder where a login does.
 * Credentials are never part of it. */
enum store_kind { STORE_FOLDER, STORE_S3, STORE_GS, STORE_AZURE, STORE_SFTP };

/* Who signs, or logs in. All borrowed from whoever fills them in; NULL: not given. Those of S3 and Azure are then
 * looked for where AWS's and Azure's own tools do (credentials.h of store/s3 and store/azure). */
struct store_credentials {
	const char *access_key, *secret_key, *session_token; /* of Azure the second one: a key of the account */
	const char *account, *account_file; /* of Google: the document of a service account, or a file that has it */
	const char *password, *passphrase; /* of SFTP: of the user, and of his keys */
};

struct store_target {
	enum store_kind kind;
	char *folder;   /* absolute; of SFTP as it is sent: "" is where a login begins */
	char *account; /* of Azure */
	char *bucket, *prefix; /* or container; the prefix is without "/" at its ends; may be "" */
	char *endpoint; /* "https://host:port", of Azure with a path; NULL: the provider's own */
	char *region;
	char *ca_file, *storage_class, *encryption, *encryption_key;
	const char *lock_mode; /* "GOVERNANCE" or "COMPLIANCE"; NULL: none */
	int64_t lock_s;
	bool path_style;
	char *user, *host, *identity_file, *known_hosts, *config_file; /* of SFTP; NULL, and 0: as ssh has it */
	unsigned port;
	struct store_credentials credentials; /* from settings of Open WebUI's own; else the environment's */
	char *display;  /* "s3://bucket/prefix at https://host:port", never a secret */
};

/* ERR_SETTINGS with a hint, which never holds what could be a secret; `*target` is to be cleaned up only on success. */
fallible store_target_parse(const char *location, struct store_target *target) MUST_CHECK;
void store_target_cleanup(struct store_target *target);
/* Whether what is kept at `inner` is listed at `outer`, as far as their locations tell. */
bool store_target_has(const struct store_target *outer, const struct store_target *inner);

/* ---- a store ---- */

struct store;

struct store_options {
	int64_t patience_s; /* 0: 60 */
	int64_t connect_timeout_s; /* 0: 10 */
	int64_t silence_timeout_s; /* of a server that was asked; 0: 60 */
	uint64_t bytes_per_second; /* both ways together; 0: as fast as it goes */
};

/* Looks whether the place is there and may be read. A folder is not made. */
fallible store_open(const struct store_target *target, const struct store_options *options,
		    struct store **store) MUST_CHECK;
/* As store_open for a folder that need not be there yet: it is made, 0700. Buckets are not. */
fallible store_make(const struct store_target *target, const struct store_options *options,
		    struct store **store) MUST_CHECK;
void store_close(struct store *store); /* NULL is fine */
static inline void store_cleanup(struct store **store)
{
	store_close(*store);
}
const char *store_display(const struct store *store); /* borrowed */

enum store_feature {
	STORE_CAN_CREATE = 1, /* STORE_NEW is kept by the store itself, whoever else writes */
};
/* Where only a try tells, a scratch object is written and removed; false as well where it can't be. */
bool store_can(struct store *store, enum store_feature feature);

/* What a place says of itself, as far as it does and the credentials may ask. */
enum store_word { STORE_SAYS_NOTHING, STORE_SAYS_NO, STORE_SAYS_YES };
struct store_facts {
	char *region; /* that it is in; NULL: not told */
	enum store_word is_public; /* anybody can read it, or write to it */
	enum store_word keeps_versions; /* what was replaced or deleted can be had back */
	enum store_word locks; /* it can keep objects from being deleted (object lock) */
};
/* ERR_INTERRUPTED, or that it was not reached; that it refuses to tell is no error. */
fallible store_ask_facts(struct store *store, struct store_facts *facts) MUST_CHECK;
void store_facts_cleanup(struct store_facts *facts);

/* ---- writing ---- */

enum store_writing {
	STORE_ANY, /* what has this name is replaced */
	STORE_NEW, /* there must be none: ERR_NO. Where the store can't tell at once, it is looked for before */
};

/* A small object in one go. */
fallible store_put(struct store *store, const char *name, const char *bytes, size_t size,
		   enum store_writing writing) MUST_CHECK;

/* A large one, piece by piece; its size need not be known. It is there when store_upload_end returns. */
struct store_upload;
fallible store_upload_begin(struct store *store, const char *name, enum store_writing writing,
			    struct store_upload **upload) MUST_CHECK;
fallible store_upload_write(struct store_upload *upload, const char *bytes, size_t size) MUST_CHECK;
/* Frees *upload and sets it to NULL, also on error. */
fallible store_upload_end(struct store_upload **upload) MUST_CHECK;
void store_upload_abort(struct store_upload *upload); /* leaves nothing where it can; NULL is fine */
static inline void store_upload_cleanup(struct store_upload **upload)
{
	store_upload_abort(*upload);
}

/* One that is not there is fine. ERR_NO: the store does not let it go yet, whoever asks (object lock, retention, a
 * hold); the error says until when, if the store does. */
fallible store_delete(struct store *store, const char *name) MUST_CHECK;

/* ---- reading ---- */

struct store_object {
	const char *name; /* borrowed */
	uint64_t size;
	int64_t modified; /* ns since 1970 by the store's own clock, as exact as it tells */
	/* Changes with the content: S3's ETag, the time of change of a file. NULL: the store has none, or none yet that
	 * could be relied upon. */
	const char *tag;
};

/* *found false: there is none. `object` (may be NULL) has no name and no tag. */
fallible store_look(struct store *store, const char *name, bool *found, struct store_object *object) MUST_CHECK;

/* As store_look, of one that is needed for longer: where the location has a lock, and more than a tenth of its time has
 * gone by since the object was written or locked last, it begins anew. */
fallible store_lock_anew(struct store *store, const char *name, bool *found, struct store_object *object) MUST_CHECK;

/* From `offset` on, at most `size` bytes (0: all that follow), to `out`; none where the object ends before. `out` may
 * get a part before an error, and is never given anything twice: one that changes meanwhile is ERR_INPUT. */
fallible store_get(struct store *store, const char *name, uint64_t offset, uint64_t size,
		   const struct sink *out) MUST_CHECK;

/* A small one whole: ERR_INPUT beyond `limit` bytes. */
fallible store_read(struct store *store, const char *name, size_t limit, struct str *bytes) MUST_CHECK;

/* All whose names begin with `prefix`, in order of bytes of their names. What has a name that no object can have (the
 * marks that some programs make for folders) is passed over. */
typedef fallible store_lister(void *state, const struct store_object *object);
fallible store_list(struct store *store, const char *prefix, store_lister *lister, void *state) MUST_CHECK;

/* Takes away what uploads left that were cut off, in stores that keep it unseen and have it paid for: those that began
 * before `before` (ns by the store's clock), of objects that `is_ours` says yes to. So many went: `*count`, also after
 * an error. */
typedef bool store_chooser(const char *name);
fallible store_tidy(struct store *store, store_chooser *is_ours, int64_t before, size_t *count) MUST_CHECK;

/* The store's clock now, in ns since 1970: what `modified` of an object written at this moment would be, as exact as
 * it tells. Writes and removes an object under `scratch` where there is no other way. */
fallible store_time(struct store *store, const char *scratch, int64_t *now) MUST_CHECK;

#endif
