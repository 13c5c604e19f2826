/* Where Open WebUI sends telemetry: whether anybody takes it there. By HTTP an empty message of OTLP is sent to the
 * very address, as the server does; by gRPC a connection is all that is tried. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "health/look/look.h"
#include "net/probe.h"

/* Who is connected to need not speak HTTP. */
#define CONNECT_MS 2000

struct telemetry_place {
	struct strings urls;
	bool by_http;
};

static void release(struct look *look)
{
	struct telemetry_place *place = look->state;
	strings_cleanup(&place->urls);
	free(place);
}

/* Logs and metrics have places of their own only where these are on. */
static const struct {
	const char *enabled, *endpoint;
} signals[] = {
	{"ENABLE_OTEL", "OTEL_EXPORTER_OTLP_ENDPOINT"},
	{"ENABLE_OTEL_METRICS", "OTEL_METRICS_EXPORTER_OTLP_ENDPOINT"},
	{"ENABLE_OTEL_LOGS", "OTEL_LOGS_EXPORTER_OTLP_ENDPOINT"},
};

static fallible add_endpoint(struct look *look, struct telemetry_place *place, size_t signal)
{
	const char *on, *url;
	AUTO(memory) char *shown = NULL;
	TRY(settings_get(look->settings, signals[signal].enabled, &on));
	TRY(settings_get(look->settings, signals[signal].endpoint, &url));
	if (!on || strcasecmp(on, "true") != 0 || !url || strings_have(&place->urls, url))
		return NULL;
	TRY(settings_masked(look->settings, signals[signal].endpoint, &shown));
	strings_add(&place->urls, url);
	strings_add(&look->scene->telemetry.endpoints, shown);
	return NULL;
}

static fallible prepare(struct look *look)
{
	struct telemetry_place *place = look->state = mem_new(1, sizeof *place);
	const char *on = NULL, *way = NULL;
	TRY(settings_get(look->settings, "ENABLE_OTEL", &on));
	TRY(settings_get(look->settings, "OTEL_OTLP_SPAN_EXPORTER", &way));
	place->by_http = way && !strcasecmp(way, "http");
	for (size_t i = 0; on && !strcasecmp(on, "true") && i < COUNT(signals); i++)
		TRY(add_endpoint(look, place, i));
	look->scene->telemetry.sight.absent = !place->urls.count || !look_wants(look, "OW911");
	return NULL;
}

/* 400 and 415 say that it was looked at; 401 and 403, that it wants what owctl does not send. */
static bool takes(long status)
{
	return status < 300 || status == 400 || status == 401 || status == 403 || status == 415;
}

static char *judge(const struct probe_answer *answer, bool by_http)
{
	if (!by_http && answer->connected)
		return text_copy("");
	if (answer->end != PROBE_ANSWERED)
		return answer->failure ? error_text(answer->failure) : text_copy("there is no answer");
	return takes(answer->http.status) ? text_copy("")
					  : text_format("an empty message of OTLP is answered with status %ld",
							answer->http.status);
}

static fallible look(struct look *look)
{
	static const char *const headers[] = {"Content-Type: application/x-protobuf", NULL};
	const struct telemetry_place *place = look->state;
	struct telemetry_sight *seen = &look->scene->telemetry;
	for (size_t i = 0; i < place->urls.count; i++) {
		const char *url = place->urls.items[i];
		AUTO(memory) char *whole = strstr(url, "://") ? text_copy(url) : text_format("http://%s", url);
		struct probe_request request = {.method = place->by_http ? "POST" : "GET",
						.url = whole,
						.headers = headers,
						.body = place->by_http ? "" : NULL};
		struct probe_answer answer = {0};
		int64_t ms = place->by_http ? look_seconds(look) * 1000 : CONNECT_MS;
		TRY(probe_once(&(struct probe_options){.timeout_ms = ms,
						       .deadline_ms = look->deadline_ms},
			       &request, &answer));
		strings_add_taken(&seen->answers, judge(&answer, place->by_http));
		probe_answer_cleanup(&answer);
	}
	return NULL;
}

const struct part telemetry_part = {.what = "where telemetry goes",
				    PART_OF_SCENE(telemetry, telemetry.sight),
				    .stage = CHECK_AT_END,
				    .prepare = prepare,
				    .look = look,
				    .release = release};
