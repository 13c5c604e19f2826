#include "base/progress.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/notify.h"
#include "base/number.h"
#include "base/phase.h"

#define LINE_EVERY_MS 300
#define FIRST_AFTER_MS 100 /* a line of bytes */
#define NOTE_EVERY_MS 60000
#define BAR_WIDTH 20

static size_t phase = PHASE_NONE;

typedef char *describer(const struct progress *progress, size_t done, int64_t now);

static void set_status(const struct progress *progress, describer *describe, size_t done)
{
	AUTO(memory) char *text = describe(progress, done, clock_monotonic_ms());
	notify_status(text);
}

/* Of several threads that come at once, one tells. */
static bool take_turn(struct progress *progress, int64_t now, int64_t every_ms)
{
	int64_t told = atomic_load(&progress->told);
	return now - told >= every_ms && atomic_compare_exchange_strong(&progress->told, &told, now);
}

/* `note_ms`: how often to write a note where there is no line; 0: never. */
static void tell(struct progress *progress, describer *describe, size_t done, int64_t note_ms)
{
	int64_t now = clock_monotonic_ms();
	bool line = log_has_line();
	if (notify_wants_status())
		set_status(progress, describe, done);
	if (progress->unseen || (!line && !note_ms) || !take_turn(progress, now, line ? LINE_EVERY_MS : note_ms))
		return;
	AUTO(memory) char *text = describe(progress, done, now);
	if (line)
		log_line(text);
	else
		log_note("%s", text);
}

void progress_start(struct progress *progress, const char *doing, const char *what, size_t total, size_t many)
{
	int64_t now = clock_monotonic_ms();
	*progress = (struct progress){.doing = doing, .what = what, .total = total, .started = now, .told = now};
	AUTO(memory) char *text = text_format("%s %zu %s", doing, total, what);
	notify_status(text);
	phase = phase_begin(doing, what);
	if (!log_has_line() && total >= many)
		log_note("%s", text);
}

/* As long as what is left takes at the pace so far. */
static char *time_left(const struct progress *progress, size_t done, size_t total, int64_t now)
{
	int64_t left = (int64_t)((double)(now - progress->started) * (double)(total - done) / (double)done / 1000);
	return left < 60 ? text_format("%lld s", (long long)left)
			 : text_format("%lld min", (long long)(left + 59) / 60);
}

static char *describe(const struct progress *progress, size_t done, int64_t now)
{
	AUTO(memory) char *time = time_left(progress, done, progress->total, now);
	return text_format("%s %zu of %zu %s, about %s left", progress->doing, done, (size_t)progress->total,
			   progress->what, time);
}

void progress_step(struct progress *progress)
{
	size_t done = atomic_fetch_add(&progress->done, 1) + 1;
	notify_alive();
	if (done < progress->total)
		tell(progress, describe, done, NOTE_EVERY_MS);
}

/* ---- bytes ---- */

void progress_start_bytes(struct progress *progress, const char *doing, uint64_t total, bool watched)
{
	int64_t now = clock_monotonic_ms();
	*progress = (struct progress){.doing = doing,
				      .total = total,
				      .started = now,
				      .told = now - LINE_EVERY_MS + FIRST_AFTER_MS,
				      .unseen = !watched};
	notify_status(doing);
	phase = phase_begin(doing, NULL);
}

static char *describe_bytes(const struct progress *progress, size_t done, int64_t now)
{
	size_t total = progress->total;
	int64_t taken = now - progress->started;
	char bar[BAR_WIDTH + 1];
	AUTO(memory) char *so_far = number_bytes(done);
	AUTO(memory) char *pace = number_bytes((uint64_t)((double)done * 1000 / (double)(taken > 0 ? taken : 1)));
	if (total <= done)
		return text_format("%s: %s, %s/s", progress->doing, so_far, pace);
	size_t share = (size_t)((double)done / (double)total * 100);
	memset(bar, '-', BAR_WIDTH);
	memset(bar, '=', share * BAR_WIDTH / 100);
	bar[BAR_WIDTH] = '\0';
	AUTO(memory) char *all = number_bytes(total);
	AUTO(memory) char *time = time_left(progress, done, total, now);
	return text_format("%s [%s] %zu %% of %s, %s/s, about %s left", progress->doing, bar, share, all, pace, time);
}

void progress_add(struct progress *progress, uint64_t bytes)
{
	notify_alive();
	if (progress && bytes)
		tell(progress, describe_bytes, atomic_fetch_add(&progress->done, bytes) + bytes, 0);
}

void progress_expect(struct progress *progress, uint64_t bytes)
{
	if (progress)
		atomic_fetch_add(&progress->total, bytes);
}

void progress_end(void)
{
	phase_end(phase);
	phase = PHASE_NONE;
	log_line(NULL);
}
