/* Whether a websocket outlasts the silence between two pings of the server: by one on which owctl says nothing. That it
 * gets through at all is a matter of websocket.c. */
#include "base/memory.h"
#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"

static json_t *feature(const struct scene *scene, const char *name)
{
	return json_object_get(json_object_get(scene->fleet.front.config, "features"), name);
}

/* From 0.11 on WEBSOCKET_HEARTBEAT_INTERVAL has browsers speak, seconds after one another. */
static bool browsers_speak_before(const struct scene *scene, int64_t ms)
{
	json_int_t seconds = json_integer_value(feature(scene, "websocket_heartbeat_interval"));
	return seconds > 0 && seconds < ms / 1000;
}

static void skip_untried(struct checking *checking)
{
	const char *why = checking->scene->fleet.deep.silence.why;
	AUTO(memory) char *failed = text_format("no websocket could be opened: %s", why ? why : "");
	if (json_is_false(feature(checking->scene, "enable_websocket")))
		result_skip(checking->result, "websockets are switched off");
	else
		result_skip(checking->result, why ? failed : "no websocket is accepted there, or none at a replica");
}

static void tell_cut(struct checking *checking, const struct deep_silence *silence)
{
	double lasted = (double)silence->ended_ms / 1e3, ping = (double)silence->ping_ms / 1e3;
	if (browsers_speak_before(checking->scene, silence->ended_ms))
		return;
	checking_found(checking, checking->scene->fleet.front.name,
		       "cuts a websocket after %.1f s of silence; Open WebUI pings every %g s", lasted, ping);
}

static fallible look_for_cut(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct deep_silence *silence = &fleet->deep.silence;
	double ping = (double)silence->ping_ms / 1e3;
	AUTO(memory) char *too_long = text_format("Open WebUI pings every %g s, and there was no time to wait for it; "
						  "--deadline %llds gives it", ping, (long long)silence->deadline_s);
	switch (silence->end) {
	case SILENCE_LASTED:
		return NULL;
	case SILENCE_CUT:
		tell_cut(checking, silence);
		return NULL;
	case SILENCE_CUT_DIRECTLY:
		return error_new(ERR_UNREACHABLE, "a websocket ended before the server's ping at %s as well",
				 fleet->replicas.items[silence->replica].name);
	case SILENCE_ENDLESS:
		return error_new(ERR_UNREACHABLE, "the server says that it pings after %g s, and did not", ping);
	case SILENCE_TOO_LONG:
		result_skip(checking->result, too_long);
		return NULL;
	default:
		skip_untried(checking);
		return NULL;
	}
}

HEALTH_CHECK(socket_cut) = {
	.code = "OW731",
	.name = "websocket-silence",
	.title = "the load balancer lets a websocket be silent until the server speaks",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_BALANCER | NEEDS_REPLICAS | NEEDS_ACCOUNT,
	.why = "While a model thinks, nobody speaks. A proxy whose time-out is shorter than the pause between two "
	       "pings of Open WebUI (25 s) cuts people off again and again, and answers stop in the middle of a page. "
	       "With --deep one websocket by way of WEBUI_URL, and one at a replica, are silent until the server's "
	       "first ping, if --deadline leaves the time (35s does, mostly).",
	.remedy = "let a websocket be silent for a minute at least (nginx: proxy_read_timeout, proxy_send_timeout for "
		  "/ws/; HAProxy: timeout tunnel), or have Open WebUI ping sooner: WEBSOCKET_SERVER_PING_INTERVAL",
	.page = "https://docs.openwebui.com/reference/https/nginx",
	.run = look_for_cut,
};
