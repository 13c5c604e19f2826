#include "base/progress.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/number.h"

#define LINE_EVERY_MS 300
#define FIRST_AFTER_MS 100 /* a line of bytes */
#define NOTE_EVERY_MS 60000
#define BAR_WIDTH 20

void progress_start(struct progress *progress, const char *doing, const char *what, size_t total, size_t many)
{
	int64_t now = clock_monotonic_ms();
	*progress = (struct progress){.doing = doing, .what = what, .total = total, .started = now, .told = now};
	if (!log_has_line() && total >= many)
		log_note("%s %zu %s", doing, total, what);
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
	bool line = log_has_line();
	int64_t now = clock_monotonic_ms(), told = atomic_load(&progress->told);
	if (done >= progress->total || now - told < (line ? LINE_EVERY_MS : NOTE_EVERY_MS))
		return;
	/* Of several threads that come at once, one tells. */
	if (!atomic_compare_exchange_strong(&progress->told, &told, now))
		return;
	AUTO(memory) char *text = describe(progress, done, now);
	if (line)
		log_line(text);
	else
		log_note("%s", text);
}

/* ---- bytes ---- */

void progress_start_bytes(struct progress *progress, const char *doing, uint64_t total)
{
	int64_t now = clock_monotonic_ms();
	*progress = (struct progress){.doing = doing,
				      .total = total,
				      .started = now,
				      .told = now - LINE_EVERY_MS + FIRST_AFTER_MS};
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
	if (!progress || !bytes)
		return;
	size_t done = atomic_fetch_add(&progress->done, bytes) + bytes;
	int64_t now = clock_monotonic_ms(), told = atomic_load(&progress->told);
	if (!log_has_line() || now - told < LINE_EVERY_MS ||
	    !atomic_compare_exchange_strong(&progress->told, &told, now))
		return;
	AUTO(memory) char *text = describe_bytes(progress, done, now);
	log_line(text);
}

void progress_expect(struct progress *progress, uint64_t bytes)
{
	if (progress)
		atomic_fetch_add(&progress->total, bytes);
}

void progress_end(void)
{
	log_line(NULL);
}
