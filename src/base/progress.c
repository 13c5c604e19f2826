#include "base/progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#define LINE_EVERY_MS 300
#define NOTE_EVERY_MS 60000

void progress_start(struct progress *progress, const char *doing, const char *what, size_t total, size_t many)
{
	int64_t now = clock_monotonic_ms();
	*progress = (struct progress){.doing = doing, .what = what, .total = total, .started = now, .told = now};
	if (!log_has_line() && total >= many)
		log_note("%s %zu %s", doing, total, what);
}

static char *describe(const struct progress *progress, size_t done, int64_t now)
{
	int64_t left = (now - progress->started) * (int64_t)(progress->total - done) / (int64_t)done / 1000;
	AUTO(memory) char *time = left < 60 ? text_format("%lld s", (long long)left)
					    : text_format("%lld min", (long long)(left + 59) / 60);
	return text_format("%s %zu of %zu %s, about %s left", progress->doing, done, progress->total, progress->what,
			   time);
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

void progress_end(void)
{
	log_line(NULL);
}
