/* What browsers are allowed: pages of others, and cookies without TLS. */
#include <string.h>
#include <strings.h>

#include "health/environment.h"
#include "health/result.h"
#include "health/scene.h"
#include "settings/settings.h"

/* Whether people come by HTTPS: the site is more than a try on one's own machine. */
static bool is_site(const struct scene *scene, const struct replica *replica)
{
	const char *front = scene->fleet.front.url;
	return text_starts(replica->url, "https://") || (front && text_starts(front, "https://"));
}

static bool lets_anybody(const struct replica *replica)
{
	const struct http_answer *http = &replica->answers[ASK_CONFIG].http;
	const char *origin = http_header(http, "Access-Control-Allow-Origin");
	const char *credentials = http_header(http, "Access-Control-Allow-Credentials");
	return text_equal(origin, FOREIGN_ORIGIN) && credentials && !strcasecmp(credentials, "true");
}

/* One setting of all of them is one finding. */
static fallible look_for_anybody(struct checking *checking)
{
	const struct replica *replica, *open = NULL;
	size_t count = 0, speaking = scene_speaking(checking->scene);
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (lets_anybody(replica)) {
			open = replica;
			count++;
		}
	if (!count)
		return NULL;
	enum severity severity = is_site(checking->scene, open) ? SEVERITY_WARNING : SEVERITY_INFO;
	if (count > 1 && count == speaking)
		checking_found_as(checking, severity, NULL,
				  "all replicas let pages of any address read answers (CORS_ALLOW_ORIGIN=*)");
	else
		for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
			if (lets_anybody(replica))
				checking_found_as(checking, severity, replica->name,
						  "lets pages of any address read answers (CORS_ALLOW_ORIGIN=*)");
	return NULL;
}

HEALTH_CHECK(any_origin) = {
	.code = "OW807",
	.name = "origins-named",
	.title = "pages of other addresses can't use a signed-in browser",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REPLICAS,
	.why = "A page that somebody visits may then ask in their name, as far as the browser sends the cookie along "
	       "(WEBUI_SESSION_COOKIE_SAME_SITE). Each replica was asked as a page of " FOREIGN_ORIGIN
	       " does it, and allowed that with credentials. It is a warning where WEBUI_URL has HTTPS, else "
	       "information: * is what Open WebUI comes with.",
	.remedy = "set CORS_ALLOW_ORIGIN to the address that people use (WEBUI_URL); several are separated by ';'",
	.run = look_for_anybody,
};

static fallible look_for_plain_cookie(struct checking *checking)
{
	bool known, off;
	const char *value = NULL, *url = NULL;
	TRY(settings_get(checking->settings, "WEBUI_URL", &url));
	TRY(environment_look(checking, "WEBUI_SESSION_COOKIE_SECURE", &known, &value));
	off = known && (!value || strcasecmp(value, "true") != 0);
	if (off && url && text_starts(url, "https://"))
		checking_found(checking, NULL, "WEBUI_URL has HTTPS, and WEBUI_SESSION_COOKIE_SECURE is %s",
			       value ? value : "not set");
	return NULL;
}

HEALTH_CHECK(plain_cookie) = {
	.code = "OW808",
	.name = "cookie-secure",
	.title = "browsers send the session's cookie over HTTPS alone",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REPLICAS,
	.why = "One request to http://, as by a link that somebody planted, shows it to everybody on the way: it is "
	       "all that is needed to be that person. Looked at is what an orchestrator tells of the servers, or "
	       "owctl's own settings where they have it.",
	.remedy = "set WEBUI_SESSION_COOKIE_SECURE=true (and WEBUI_AUTH_COOKIE_SECURE=true) on all replicas",
	.run = look_for_plain_cookie,
};
