/* The files of a snapshot: which there are, and where their content is. */
#ifndef BACKUP_FILES_H
#define BACKUP_FILES_H

#include "backup/pipeline.h"

/* Where files of an installation are, by the word that a snapshot has for it. */
enum file_root { FILES_UPLOADS, FILES_VECTORS };
const char *file_root_name(enum file_root root);
bool file_root_parse(const char *name, enum file_root *root);

struct file {
	enum file_root root;
	char *path; /* relative to the root, parts divided by "/" */
	bool missing; /* the database names it and it is not there, or it can't be read; then all below is empty */
	bool gone;    /* it is not to be in the snapshot: files_settle takes it out */
	uint64_t size;
	int64_t modified; /* ns since 1970 */
	char *version; /* changes with the content, together with size and time; NULL: nothing that is known does */
	bool kept; /* its content was in a pack, or on the way to one, before */
	size_t same_as; /* place + 1 of the file that has the same content, and gives its parts to this one in
			 * files_settle; 0: none */
	unsigned char hash[DIGEST_SIZE]; /* of the content */
	struct place *parts; /* whose contents make it, in order */
	size_t part_count;
	size_t stale; /* of the first parts: what was read before it changed; files_settle takes them out */
};

struct files {
	struct file *items;
	size_t count, room;
};
void files_cleanup(struct files *files);
struct file *files_add(struct files *files, enum file_root root, const char *path); /* borrowed until the next one */
bool files_have(const struct files *files, enum file_root root); /* whether any of the root is not missing */

/* Takes over what `other` knows of its content: size, and parts. */
void file_share(struct file *file, const struct file *other);

struct contents;

/* Where files of one root are read. */
struct files_source {
	enum file_root root;
	struct store *store;
	const char *folder; /* where the store is, if databases of SQLite may be among the files; else NULL */
	struct progress *progress; /* is told to expect what they are; NULL: it is not */
};

/* Reads all that a store has into pieces, but for what `contents` knows. What goes away while it is being read is not
 * among the files; what changes is read again, a few times; what can't be read although it is there is told, and
 * missing. Databases of SQLite, which a server writes to, are read each as it is at one moment, without the files
 * beside it in which SQLite keeps what is under way. */
fallible files_read_store(struct files *files, const struct files_source *source, struct contents *contents,
			  struct pipeline *pipeline) MUST_CHECK;
/* Once the pipeline has ended: all files are as they are to be in the snapshot. */
void files_settle(struct files *files);
/* What the pipeline has put somewhere: the part of one of the files. */
void files_take_part(struct files *files, const struct piece *piece);

#endif
