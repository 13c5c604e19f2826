#include "backup/pipeline.h"

#include <pthread.h>

#include "backup/compressor.h"
#include "base/cancel.h"
#include "base/memory.h"
#include "base/queue.h"
#include "base/workers.h"

/* What a reader may add beyond PIECE_SIZE before a piece has to grow: into a block of base/large.h, as it doubles
 * then. */
#define PIECE_MORE (256 << 10)

struct packer {
	struct pipeline *pipeline;
	struct compressor compressor;
	struct packs packs;
	struct error *error;
	pthread_t thread;
};

struct pipeline {
	struct queue queue;
	struct packer *packers;
	unsigned count;
	piece_taker *taker;
	void *state;
	pthread_mutex_t taking;
};

struct piece *piece_new(struct tables *tables, size_t owner, uint64_t number)
{
	struct piece *piece = mem_new(1, sizeof *piece);
	piece->tables = tables;
	piece->owner = owner;
	piece->number = number;
	str_reserve(&piece->bytes, PIECE_SIZE + PIECE_MORE);
	return piece;
}

void piece_free(struct piece *piece)
{
	if (!piece)
		return;
	str_cleanup(&piece->bytes);
	str_cleanup(&piece->odd);
	str_cleanup(&piece->slots);
	free(piece);
}

/* ---- packers ---- */

/* Compressed only where it is worth it: rows always are, pictures are not. */
static fallible pack(struct packer *packer, const struct str *bytes, bool always, struct place *place)
{
	const struct str *frame;
	TRY(compress(&packer->compressor, str_text(bytes), bytes->size, &frame));
	bool compressed = always || frame->size < bytes->size - bytes->size / 32;
	return packs_add(&packer->packs, compressed ? frame->data : str_text(bytes),
			 compressed ? frame->size : bytes->size, compressed, place);
}

static fallible take_piece(struct packer *packer, struct piece *piece)
{
	struct pipeline *pipeline = packer->pipeline;
	if (piece->tables)
		line_sum_add(&piece->sum, str_text(&piece->bytes), piece->bytes.size);
	TRY(pack(packer, &piece->bytes, piece->tables, &piece->place));
	if (piece->odd.size)
		TRY(pack(packer, &piece->odd, true, &piece->odd_place));
	pthread_mutex_lock(&pipeline->taking);
	pipeline->taker(pipeline->state, piece);
	pthread_mutex_unlock(&pipeline->taking);
	return NULL;
}

static void *run_packer(void *argument)
{
	struct packer *packer = argument;
	struct queue *queue = &packer->pipeline->queue;
	while (!packer->error) {
		AUTO(piece) struct piece *piece = queue_take(queue);
		if (!piece)
			break;
		packer->error = take_piece(packer, piece);
	}
	if (!packer->error)
		packer->error = cancel_check();
	if (!packer->error && !queue_is_closed(queue))
		packer->error = packs_end(&packer->packs);
	if (packer->error)
		queue_close(queue);
	return NULL;
}

static fallible start(struct packer *packer)
{
	int code = pthread_create(&packer->thread, NULL, run_packer, packer);
	return code ? error_system(code, "cannot start a thread") : NULL;
}

fallible pipeline_begin(struct store *store, const struct age_recipients *recipients, int compression,
			piece_taker *taker, void *state, struct pipeline **pipeline)
{
	struct pipeline *begun = mem_new(1, sizeof *begun);
	unsigned wanted = workers_cores();
	begun->packers = mem_new(wanted, sizeof *begun->packers);
	begun->taker = taker;
	begun->state = state;
	pthread_mutex_init(&begun->taking, NULL);
	queue_init(&begun->queue, wanted + 1);
	*pipeline = begun;
	while (begun->count < wanted) {
		struct packer *packer = &begun->packers[begun->count];
		*packer = (struct packer){.pipeline = begun,
					  .compressor.level = compression,
					  .packs = {.store = store, .recipients = recipients}};
		struct error *error = start(packer);
		if (error)
			return pipeline_abort(pipeline, error);
		begun->count++;
	}
	return NULL;
}

/* ---- readers ---- */

fallible pipeline_put(struct pipeline *pipeline, struct piece **piece)
{
	if (!queue_put(&pipeline->queue, *piece)) {
		TRY(cancel_check());
		return error_new(ERR_FAILED, "what was read can't be written");
	}
	*piece = NULL;
	return NULL;
}

/* ---- the end ---- */

/* Of several errors the first packer's is told: mostly they are the same one. */
static fallible join(struct pipeline *pipeline)
{
	struct error *first = NULL;
	for (unsigned i = 0; i < pipeline->count; i++) {
		struct packer *packer = &pipeline->packers[i];
		pthread_join(packer->thread, NULL);
		if (first)
			error_ignore(packer->error);
		else
			first = packer->error;
		packer->error = NULL;
	}
	return first;
}

static void pipeline_free(struct pipeline *pipeline)
{
	for (unsigned i = 0; i < pipeline->count; i++) {
		compressor_cleanup(&pipeline->packers[i].compressor);
		packs_cleanup(&pipeline->packers[i].packs);
	}
	for (struct piece *piece; (piece = queue_left(&pipeline->queue));)
		piece_free(piece);
	queue_cleanup(&pipeline->queue);
	pthread_mutex_destroy(&pipeline->taking);
	free(pipeline->packers);
	free(pipeline);
}

fallible pipeline_end(struct pipeline **ended, struct record *record)
{
	struct pipeline *pipeline = *ended;
	*ended = NULL;
	queue_end(&pipeline->queue);
	struct error *error = join(pipeline);
	for (unsigned i = 0; !error && i < pipeline->count; i++)
		for (size_t pack = 0; pack < pipeline->packers[i].packs.ended_count; pack++)
			record_add_pack(record, &pipeline->packers[i].packs.ended[pack]);
	pipeline_free(pipeline);
	return error;
}

fallible pipeline_abort(struct pipeline **ended, struct error *error)
{
	struct pipeline *pipeline = *ended;
	*ended = NULL;
	queue_close(&pipeline->queue);
	struct error *cause = join(pipeline);
	pipeline_free(pipeline);
	if (!cause)
		return error;
	error_ignore(error);
	return cause;
}
