/* What readers read goes through a queue to a few packers, one thread each, which compress it and add it to a pack:
 * reading, compressing, sealing and sending are under way side by side, and who is too quick waits. */
#ifndef BACKUP_PIPELINE_H
#define BACKUP_PIPELINE_H

#include "backup/line_sum.h"
#include "backup/packs.h"

/* How much is read into one piece: what is compressed together, and the least that can be fetched again alone. */
#define PIECE_SIZE (3 << 20)

struct tables;

/* A segment of a table, or a part of a file. */
struct piece {
	struct tables *tables; /* one of which has these rows; NULL: it is of a file */
	size_t owner;    /* which table, or file */
	uint64_t number; /* of its pieces, from 0 */
	struct str bytes; /* lines, or what the file has */
	struct str odd;  /* lines, as the member of odd values has them */
	struct str slots; /* of these lines, as an index has them; whoever takes the piece may take them over */
	/* What the packer finds out. */
	struct line_sum sum; /* of rows */
	struct place place, odd_place; /* odd_place is set where `odd` is not empty */
};

struct pipeline;

/* Called with each piece when it is in a pack, by one packer at a time. */
typedef void piece_taker(void *state, struct piece *piece);

/* With one packer a core. `store` and `recipients` are kept, borrowed. `compression`: a compressor's level. */
fallible pipeline_begin(struct store *store, const struct age_recipients *recipients, int compression,
			piece_taker *taker, void *state, struct pipeline **pipeline) MUST_CHECK;

/* A piece to fill; pipeline_put or piece_free takes it. From any thread. */
struct piece *piece_new(struct tables *tables, size_t owner, uint64_t number) MUST_CHECK;
void piece_free(struct piece *piece); /* NULL is fine */
static inline void piece_cleanup(struct piece **piece)
{
	piece_free(*piece);
}

/* Takes over *piece, and sets it to NULL. Waits while there is enough to do. An error says that it goes no further: a
 * signal, or a packer failed, which pipeline_end tells about. */
fallible pipeline_put(struct pipeline *pipeline, struct piece **piece) MUST_CHECK;

/* Waits until all is in packs and these are in the store, and adds them to `record`. The first error of a packer.
 * Frees *pipeline and sets it to NULL, also on error. */
fallible pipeline_end(struct pipeline **pipeline, struct record *record) MUST_CHECK;
/* Gives up: what packers failed of, which is why readers were stopped; else `error`. Frees *pipeline likewise. */
fallible pipeline_abort(struct pipeline **pipeline, struct error *error) MUST_CHECK;

#endif
