/* Whether what people type gets to WEBUI_URL unread. */
#include "base/memory.h"
#include "health/address.h"
#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_old(struct checking *checking)
{
	const struct probe_answer *answer = front_answer(checking->scene, FRONT_OLD_TLS);
	if (!answer || !answer->connected)
		result_skip(checking->result, "WEBUI_URL gives no answer");
	else if (!answer->failure)
		checking_found(checking, front_of(checking->scene)->name, "still speaks TLS 1.0 or 1.1");
	return NULL;
}

HEALTH_CHECK(old_tls) = {
	.code = "OW722",
	.name = "tls-not-old",
	.title = "WEBUI_URL speaks TLS 1.2 or later alone",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_TLS,
	.why = "TLS 1.0 and 1.1 were given up in 2021 (RFC 8996): whoever is on the way may make two ends use what can "
	       "be broken. No browser needs them. It is tried by offering nothing else.",
	.remedy = "in nginx: ssl_protocols TLSv1.2 TLSv1.3; in HAProxy: ssl-default-bind-options ssl-min-ver TLSv1.2",
	.page = "https://www.rfc-editor.org/rfc/rfc8996",
	.run = look_for_old,
};

static fallible look_for_plain(struct checking *checking)
{
	const struct probe_answer *answer = front_answer(checking->scene, FRONT_PLAIN);
	AUTO(memory) char *release = answer ? answer_release(answer) : NULL;
	if (release)
		checking_found(checking, front_of(checking->scene)->name,
			       "answers at port 80 without TLS as well, and sends nobody to https://");
	return NULL;
}

HEALTH_CHECK(not_redirected) = {
	.code = "OW723",
	.name = "http-redirected",
	.title = "who comes to the host of WEBUI_URL without TLS is sent to https://",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_TLS,
	.why = "Who types the name alone, or follows an old link, stays without TLS and signs in so: the password can "
	       "be read on the way. Only told if an Open WebUI answers at port 80.",
	.remedy = "have port 80 answer with a redirect (in nginx: return 301 https://$host$request_uri)",
	.run = look_for_plain,
};

static fallible look_for_hsts(struct checking *checking)
{
	const struct replica *front = front_of(checking->scene);
	const struct probe_answer *answer = front ? &front->answers[ASK_VERSION] : NULL;
	if (front && replica_speaks(front) && replica_answered(front, ASK_VERSION) && answer->http.status == 200 &&
	    !http_header(&answer->http, "Strict-Transport-Security"))
		checking_found(checking, front->name, "does not tell browsers to come by https:// only (HSTS)");
	return NULL;
}

HEALTH_CHECK(no_hsts) = {
	.code = "OW724",
	.name = "hsts",
	.title = "WEBUI_URL tells browsers to come by https:// only",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_TLS,
	.why = "With Strict-Transport-Security (RFC 6797) a browser that was there once never goes without TLS again, "
	       "also in a network where somebody would lead it elsewhere.",
	.remedy = "set HSTS=max-age=31536000 on the replicas, or have the load balancer add the header; it can't be "
		  "taken back before that time",
	.page = "https://docs.openwebui.com/getting-started/env-configuration/",
	.run = look_for_hsts,
};

/* ---- no TLS at all ---- */

static fallible look_for_clear(struct checking *checking)
{
	const struct replica *front = front_of(checking->scene);
	if (checking->scene->fleet.at_front.tls || !front || !replica_speaks(front))
		return NULL;
	const char *address = front->answers[ASK_VERSION].address;
	if (address && address_is_public(address))
		checking_found(checking, front->name, "is reached without TLS at %s", address);
	else if (address && !address_is_own(address))
		checking_found_as(checking, SEVERITY_INFO, front->name,
				  "is reached without TLS at %s, an address of a private network", address);
	return NULL;
}

HEALTH_CHECK(in_the_clear) = {
	.code = "OW725",
	.name = "passwords-encrypted",
	.title = "WEBUI_URL has TLS, or is reached on its own machine only",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ADDRESS,
	.why = "Passwords, sessions and chats can be read by whoever is on the way, and browsers deny the microphone "
	       "and the clipboard to a page without TLS. Within a private network it is only mentioned.",
	.remedy = "put a proxy with a certificate in front (Caddy, nginx with certbot), and set WEBUI_URL to https://",
	.run = look_for_clear,
};
