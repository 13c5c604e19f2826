/* What an installation has grown by: a plot of bars for each thing, a month a bar. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "health/report/sections.h"

/* In units of a plot. */
#define SLOT 30
#define BAR 20
#define TALL 84
#define BASE (TALL + 18)

static const struct {
	const char *id, *title;
	size_t offset; /* in struct growth_month */
} plots[] = {
	{"accounts", "New accounts", offsetof(struct growth_month, accounts)},
	{"chats", "New chats", offsetof(struct growth_month, chats)},
	{"files", "New files", offsetof(struct growth_month, files)},
};

static int64_t figure(const struct growth_month *month, size_t plot)
{
	int64_t value = *(const int64_t *)(const void *)((const char *)month + plots[plot].offset);
	return value > 0 ? value : 0;
}

/* "987", "1.2k", "34k": in the room over a bar. To be freed. */
static char *short_figure(int64_t value)
{
	static const char units[] = "kMGT";
	double left = (double)value;
	size_t unit = 0;
	if (value < 1000)
		return text_format("%lld", (long long)value);
	for (left /= 1000; left >= 999.5 && unit + 2 < sizeof units; unit++)
		left /= 1000;
	return text_format("%.*f%c", left < 9.95 ? 1 : 0, left, units[unit]);
}

/* "Nov" of "2026-11". */
static const char *month_name(const struct growth_month *month)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	long number = month->month[4] == '-' ? strtol(month->month + 5, NULL, 10) : 0;
	return number >= 1 && number <= 12 ? names[number - 1] : month->month;
}

static void add_bar(struct str *out, const struct growth_month *month, size_t at, size_t plot, int64_t most)
{
	int64_t value = figure(month, plot);
	int height = most ? (int)((double)value / (double)most * TALL + 0.5) : 0;
	int x = (int)at * SLOT, middle = x + SLOT / 2;
	AUTO(memory) char *text = short_figure(value);
	if (value && !height)
		height = 1;
	html_add(out, "<rect class=\"bar%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
		 at == GROWTH_MONTHS - 1 ? " present" : "", x + (SLOT - BAR) / 2, BASE - height, BAR, height);
	html_add(out, "<text class=\"figure\" x=\"%d\" y=\"%d\">%s</text>", middle, BASE - height - 4, text);
	html_add(out, "<text class=\"month\" x=\"%d\" y=\"%d\">%s</text>\n", middle, BASE + 13, month_name(month));
}

static void add_plot(struct str *out, const struct growth_sight *growth, size_t plot)
{
	const char *id = plots[plot].id, *title = plots[plot].title;
	int64_t most = 0;
	for (size_t i = 0; i < GROWTH_MONTHS; i++)
		if (figure(&growth->months[i], plot) > most)
			most = figure(&growth->months[i], plot);
	html_add(out, "<figure class=\"plot\"><figcaption>%s by month</figcaption>\n"
		      "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-title %s-text\">"
		      "<title id=\"%s-title\">%s by month</title><desc id=\"%s-text\">",
		 title, SLOT * GROWTH_MONTHS, BASE + 18, id, id, id, title, id);
	for (size_t i = 0; i < GROWTH_MONTHS; i++)
		html_add(out, "%s: %lld. ", growth->months[i].month, (long long)figure(&growth->months[i], plot));
	html_add(out, "</desc>\n<path class=\"ground\" d=\"M0 %d.5H%d\"/>\n", BASE, SLOT * GROWTH_MONTHS);
	for (size_t i = 0; i < GROWTH_MONTHS; i++)
		add_bar(out, &growth->months[i], i, plot, most);
	html_add(out, "</svg></figure>\n");
}

static void add_totals(struct str *out, const struct growth_sight *growth)
{
	AUTO(memory) char *chats = number_bytes(growth->chat_bytes > 0 ? (uint64_t)growth->chat_bytes : 0);
	AUTO(memory) char *files = number_bytes(growth->file_bytes > 0 ? (uint64_t)growth->file_bytes : 0);
	html_add(out, "<p>In all: accounts %lld, chats %lld", (long long)growth->accounts, (long long)growth->chats);
	if (growth->database_bytes >= 0) {
		AUTO(memory) char *size = number_bytes((uint64_t)growth->database_bytes);
		html_add(out, ", database %s", size);
	}
	html_add(out, ". In the last %lld day%s: active accounts %lld, text of new chats %s, new files %s.</p>\n",
		 (long long)growth->days, growth->days == 1 ? "" : "s", (long long)growth->active_accounts, chats,
		 files);
}

/* Why there is no plot. */
static void add_reason(struct str *out, const struct growth_sight *growth)
{
	AUTO(memory) char *why = growth->sight.failure ? error_text(growth->sight.failure) : NULL;
	html_add(out, "<p>No plot: %s.</p>\n",
		 growth->sight.absent ? "there is no database to count in" : why ? why : "it was not counted");
}

void section_add_growth(struct str *out, const struct growth_sight *growth)
{
	html_add(out, "<section id=\"growth\">\n<h2>Growth</h2>\n");
	if (!growth->sight.seen) {
		add_reason(out, growth);
		html_add(out, "</section>\n");
		return;
	}
	add_totals(out, growth);
	html_add(out, "<div class=\"plots\">\n");
	for (size_t i = 0; i < COUNT(plots); i++)
		add_plot(out, growth, i);
	html_add(out, "</div>\n<p class=\"note\">From %s to %s: what was made in each month and is still there. The "
		      "last month is not over.</p>\n</section>\n",
		 growth->months[0].month, growth->months[GROWTH_MONTHS - 1].month);
}
