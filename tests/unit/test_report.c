/* The page of `owctl health check --report`: nothing from outside leaves its place, whatever bytes it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <expat.h>

#include "base/clock.h"
#include "base/markup.h"
#include "base/memory.h"
#include "health/report/report.h"
#include "health/report/sections.h"

#define HOSTILE "<script>alert(\"1\")</script>'&\xff\xed\xa0\x80\x01\xe2\x80\xae"
#define HARMLESS                                                                                        \
	"&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" \
	"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"

static fallible nothing(struct checking *checking UNUSED)
{
	return NULL;
}

HEALTH_CHECK(first) = {.code = "OW901", .name = "first", .title = "one " HOSTILE, .family = FAMILY_REPLICAS,
		       .run = nothing, .severity = SEVERITY_CRITICAL, .why = "w", .remedy = "type `a < b`"};
HEALTH_CHECK(second) = {.code = "OW902", .name = "redis-second", .title = "two", .family = FAMILY_FLEET,
			.run = nothing, .severity = SEVERITY_WARNING, .why = "w", .remedy = "r",
			.page = "javascript:alert(1)"};

static size_t times(const struct str *text, const char *what)
{
	size_t count = 0;
	for (const char *at = str_text(text); (at = strstr(at, what)); at += strlen(what))
		count++;
	return count;
}

static void assert_well_formed(const struct str *text)
{
	XML_Parser parser = XML_ParserCreate("UTF-8");
	if (XML_Parse(parser, text->data, (int)text->size, 1) != XML_STATUS_OK)
		fail_msg("line %lu: %s", XML_GetCurrentLineNumber(parser),
			 XML_ErrorString(XML_GetErrorCode(parser)));
	XML_ParserFree(parser);
}

/* ---- escaping ---- */

static void what_is_no_text_becomes_an_entity_or_a_replacement(void **state UNUSED)
{
	AUTO(str) struct str out = {0};
	markup_add(&out, HOSTILE, sizeof HOSTILE - 1);
	assert_string_equal(out.data, HARMLESS);
	str_clear(&out);
	markup_add(&out, "a\nb\tc\0d\xef\xbf\xbf\xc3\xa9\xf0\x9f\x98\x80", 16);
	assert_string_equal(out.data, "a b c\xef\xbf\xbd" "d\xef\xbf\xbd\xc3\xa9\xf0\x9f\x98\x80");
}

static void formats_escape_what_they_are_given(void **state UNUSED)
{
	AUTO(str) struct str out = {0};
	const char *volatile none = NULL; /* as far as the compiler can tell it may be something */
	html_add(&out, "<a title=\"%s\">%zu %lld %d%% %s</a>", HOSTILE, (size_t)1, -2LL, 3, none);
	assert_string_equal(out.data, "<a title=\"" HARMLESS "\">1 -2 3% </a>");
}

static void what_can_be_typed_is_set_as_code(void **state UNUSED)
{
	AUTO(str) struct str out = {0};
	html_add_prose(&out, "run `a <b>` or `c`, it`s <fine>");
	assert_string_equal(out.data, "run <code>a &lt;b&gt;</code> or <code>c</code>, it`s &lt;fine&gt;");
}

static void a_long_name_keeps_both_of_its_ends(void **state UNUSED)
{
	AUTO(memory) char *fits = html_shorten("open-webui", 10);
	AUTO(memory) char *cut = html_shorten("open-webui-7d9f8c-x2x7q", 11);
	AUTO(memory) char *bytes = html_shorten("\xff\xff\xff\xff\xff\xff", 4);
	assert_string_equal(fits, "open-webui");
	assert_string_equal(cut, "open-\xe2\x80\xa6x2x7q");
	assert_string_equal(bytes, "\xff\xe2\x80\xa6\xff\xff");
}

/* Each code point is measured once: each time all of the others again would take seconds. */
static void a_name_of_sixty_kilobytes_is_short_in_no_time(void **state UNUSED)
{
	AUTO(str) struct str name = {0};
	for (int i = 0; i < 20000; i++)
		str_add(&name, i == 19999 ? "end" : "\xe5\xad\x97"); /* of two columns each */
	int64_t began = clock_monotonic_ms();
	AUTO(memory) char *cut = html_shorten(name.data, 10);
	assert_in_range(clock_monotonic_ms() - began, 0, 1000);
	assert_string_equal(cut, "\xe5\xad\x97\xe5\xad\x97\xe2\x80\xa6\xe5\xad\x97" "end");
}

static void a_detail_ends_where_five_hundred_bytes_do(void **state UNUSED)
{
	struct probe_answer answer = {0};
	strings_add(&answer.http.headers, "Content-Type: application/json");
	str_add(&answer.http.body, "{\"detail\": \"");
	for (int i = 0; i < 20000; i++)
		str_add(&answer.http.body, "\xe5\xad\x97");
	str_add(&answer.http.body, "\"}");
	AUTO(memory) char *detail = answer_detail(&answer);
	assert_non_null(detail);
	assert_int_equal(strlen(detail), 165 * 3 + 3); /* 166 and the sign would be 501 */
	assert_string_equal(detail + 164 * 3, "\xe5\xad\x97\xe2\x80\xa6");
	probe_answer_cleanup(&answer);
}

/* ---- what is looked at ---- */

static struct replica *add(struct scene *scene, const char *name, const char *release)
{
	struct replica *replica = replicas_add(&scene->fleet.replicas, NULL, "http://a:1", NULL, "");
	free(replica->name);
	replica->name = text_copy(name);
	replica->release = text_copy(release);
	return replica;
}

static void add_many(struct scene *scene, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO(memory) char *name = text_format("replica-%zu", i);
		add(scene, name, "0.12.4");
	}
}

static void find(struct results *results, const char *subject)
{
	results_new(results);
	checking_found(&(struct checking){.result = &results->items[0]}, NULL, "x");
	results->items[0].troubles[0].subject = text_copy(subject);
	free(results->items[0].troubles[0].what);
	results->items[0].troubles[0].what = text_copy(HOSTILE);
	checking_found(&(struct checking){.result = &results->items[1]}, NULL, "is odd");
}

static void draw(struct str *out, const struct scene *scene, const struct results *results)
{
	AUTO(spots) struct spots spots = {0};
	spots_find(scene, results, &spots);
	picture_add(out, scene, &spots);
	assert_well_formed(out);
}

/* ---- the picture ---- */

static void the_picture_marks_what_is_broken_where_it_is(void **state UNUSED)
{
	struct scene scene = {.database.sight.absent = true, .storage.sight.absent = true,
			      .vectors.sight.absent = true, .repository.sight.absent = true,
			      .telemetry.sight.absent = true};
	struct results results;
	AUTO(str) struct str out = {0};
	add(&scene, "fine", "0.12.4");
	add(&scene, HOSTILE, HOSTILE);
	add(&scene, "gone", NULL)->asked[ASK_VERSION] = true;
	scene.fleet.replicas.items[2].answers[ASK_VERSION].end = PROBE_REFUSED;
	find(&results, HOSTILE);
	draw(&out, &scene, &results);
	assert_null(strstr(out.data, "<script"));
	assert_non_null(strstr(out.data, "&lt;script&gt;"));
	/* The hostile one by its name, and with it all of them; Redis by the name of the check. */
	assert_int_equal(times(&out, "<g class=\"box critical\"><title>&lt;script"), 1);
	assert_int_equal(times(&out, "<g class=\"box critical\"><title>All replicas"), 1);
	assert_int_equal(times(&out, "<g class=\"box critical\">"), 2);
	assert_int_equal(times(&out, "<g class=\"box warning\"><title>Redis"), 1);
	assert_int_equal(times(&out, "<g class=\"box unknown\"><title>gone"), 1);
	assert_int_equal(times(&out, "<g class=\"box good\"><title>fine"), 1);
	assert_int_equal(times(&out, "<path class=\"way broken\""), 2);
	results_cleanup(&results);
	scene_cleanup(&scene);
}

static void of_many_the_worst_are_drawn(void **state UNUSED)
{
	struct scene scene = {0};
	struct results results;
	AUTO(str) struct str out = {0};
	add_many(&scene, 300);
	find(&results, "replica-299");
	draw(&out, &scene, &results);
	assert_int_equal(times(&out, "<g class=\"box "), 2 + 12 + 1 + 6);
	assert_non_null(strstr(out.data, "<g class=\"box critical\"><title>replica-299"));
	assert_non_null(strstr(out.data, "288 other replicas"));
	assert_null(strstr(out.data, "replica-11<"));
	results_cleanup(&results);
	scene_cleanup(&scene);
}

static void what_is_set_aside_marks_nothing(void **state UNUSED)
{
	struct scene scene = {0};
	struct results results;
	AUTO(str) struct str out = {0};
	add(&scene, "fine", "0.12.4");
	find(&results, "fine");
	results.items[0].troubles[0].known = true;
	draw(&out, &scene, &results);
	assert_non_null(strstr(out.data, "<g class=\"box good\"><title>fine"));
	results_cleanup(&results);
	scene_cleanup(&scene);
}

/* ---- the page ---- */

static void write_page(struct str *out, const struct scene *scene, const struct results *results)
{
	str_clear(out);
	report_add(out, &(struct report){.scene = scene, .results = results, .installation = HOSTILE});
	assert_well_formed(out);
	assert_null(strstr(out->data, "<script"));
	assert_null(strstr(out->data, "javascript:"));
}

static void the_page_is_whole_whatever_it_is_told(void **state UNUSED)
{
	struct scene scene = {.now = 1798070400};
	struct results results;
	AUTO(str) struct str page = {0};
	AUTO(str) struct str again = {0};
	struct replica *replica = add(&scene, HOSTILE, HOSTILE);
	replica->orchestrated.known = true;
	replica->orchestrated.image = text_copy(HOSTILE);
	strings_add(&replica->orchestrated.environment, "API_KEY=the-secret");
	find(&results, HOSTILE);
	result_unknown(&results.items[1], error_new(ERR_FAILED, HOSTILE));
	results.items[0].troubles[0].suppressed = text_copy(HOSTILE);
	write_page(&page, &scene, &results);
	write_page(&again, &scene, &results);
	assert_string_equal(page.data, again.data);
	assert_non_null(strstr(page.data, "2026-12-24 00:00:00 UTC"));
	assert_null(strstr(page.data, "the-secret"));
	results_cleanup(&results);
	scene_cleanup(&scene);
}

static void the_page_is_whole_where_nothing_was_seen(void **state UNUSED)
{
	struct scene scene = {0};
	struct results results;
	AUTO(str) struct str page = {0};
	results_new(&results);
	result_skip(&results.items[0], "there is none");
	result_skip(&results.items[1], "there is none");
	write_page(&page, &scene, &results);
	assert_non_null(strstr(page.data, "Nothing could be looked at"));
	assert_non_null(strstr(page.data, "No replica was found."));
	assert_non_null(strstr(page.data, "No plot: it was not counted."));
	results_cleanup(&results);
	scene_cleanup(&scene);
}

static void the_matrix_says_how_many_it_leaves_out(void **state UNUSED)
{
	struct scene scene = {0};
	struct results results;
	AUTO(str) struct str page = {0};
	add_many(&scene, 250);
	find(&results, "replica-249");
	write_page(&page, &scene, &results);
	assert_int_equal(times(&page, "<tr><th scope=\"row\">replica-"), 200);
	assert_non_null(strstr(page.data, "<tr><th scope=\"row\">replica-249</th>"));
	assert_non_null(strstr(page.data, "50 more replicas are left out here"));
	results_cleanup(&results);
	scene_cleanup(&scene);
}

static void growth_is_a_bar_for_each_month(void **state UNUSED)
{
	struct growth_sight growth = {.sight.seen = true, .database_bytes = -1, .days = 30};
	AUTO(str) struct str out = {0};
	for (int i = 0; i < GROWTH_MONTHS; i++) {
		struct growth_month *month = &growth.months[i];
		snprintf(month->month, sizeof month->month, "2026-%02u", (unsigned)(i + 1) % 100);
		month->accounts = i == 3 ? 1250 : i == 4 ? 999 : 0;
		month->chats = 999499;
		month->files = 9949999;
	}
	section_add_growth(&out, &growth);
	assert_well_formed(&out);
	assert_int_equal(times(&out, "<rect class=\"bar"), 3 * GROWTH_MONTHS);
	assert_int_equal(times(&out, "class=\"bar present\""), 3);
	assert_non_null(strstr(out.data, "height=\"84\"/><text class=\"figure\" x=\"105\" y=\"14\">1.2k</text>"));
	assert_non_null(strstr(out.data, "height=\"67\"/><text class=\"figure\" x=\"135\" y=\"31\">999</text>"));
	assert_int_equal(times(&out, ">999k</text>"), GROWTH_MONTHS);
	assert_int_equal(times(&out, ">9.9M</text>"), GROWTH_MONTHS);
	assert_non_null(strstr(out.data, "active accounts 0, text of new chats 0 B, new files 0 B."));
	assert_non_null(strstr(out.data, "2026-04: 1250. 2026-05: 999."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_text_becomes_an_entity_or_a_replacement),
		cmocka_unit_test(formats_escape_what_they_are_given),
		cmocka_unit_test(what_can_be_typed_is_set_as_code),
		cmocka_unit_test(a_long_name_keeps_both_of_its_ends),
		cmocka_unit_test(a_name_of_sixty_kilobytes_is_short_in_no_time),
		cmocka_unit_test(a_detail_ends_where_five_hundred_bytes_do),
		cmocka_unit_test(the_picture_marks_what_is_broken_where_it_is),
		cmocka_unit_test(of_many_the_worst_are_drawn),
		cmocka_unit_test(what_is_set_aside_marks_nothing),
		cmocka_unit_test(the_page_is_whole_whatever_it_is_told),
		cmocka_unit_test(the_page_is_whole_where_nothing_was_seen),
		cmocka_unit_test(the_matrix_says_how_many_it_leaves_out),
		cmocka_unit_test(growth_is_a_bar_for_each_month),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
