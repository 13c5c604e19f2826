/* Whether what people type gets to WEBUI_URL unread. */
#include <arpa/inet.h>
#include <string.h>

#include "base/memory.h"
#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_old(struct checking *checking)
{
	const struct probe_answer *answer = front_answer(checking->scene, FRONT_OLD_TLS);
	if (answer && !answer->failure)
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

enum nearness { NEAR_HERE, NEAR_PRIVATE, NEAR_PUBLIC };

/* RFC 1918, 3927, 4193, 4291, 6598 */
static enum nearness nearness_of(const char *address)
{
	static const struct {
		uint32_t network, mask;
		enum nearness nearness;
	} networks[] = {{0x7f000000, 0xff000000, NEAR_HERE},    {0x0a000000, 0xff000000, NEAR_PRIVATE},
			{0xac100000, 0xfff00000, NEAR_PRIVATE}, {0xc0a80000, 0xffff0000, NEAR_PRIVATE},
			{0xa9fe0000, 0xffff0000, NEAR_PRIVATE}, {0x64400000, 0xffc00000, NEAR_PRIVATE}};
	struct in_addr four;
	struct in6_addr six;
	if (inet_pton(AF_INET6, address, &six) == 1) {
		if (!IN6_IS_ADDR_V4MAPPED(&six))
			return IN6_IS_ADDR_LOOPBACK(&six)		  ? NEAR_HERE
			       : IN6_IS_ADDR_LINKLOCAL(&six)		  ? NEAR_PRIVATE
			       : (six.s6_addr[0] & 0xfe) == 0xfc	  ? NEAR_PRIVATE
									  : NEAR_PUBLIC;
		memcpy(&four, &six.s6_addr[12], sizeof four);
	} else if (inet_pton(AF_INET, address, &four) != 1) {
		return NEAR_HERE;
	}
	for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++)
		if ((ntohl(four.s_addr) & networks[i].mask) == networks[i].network)
			return networks[i].nearness;
	return NEAR_PUBLIC;
}

static fallible look_for_clear(struct checking *checking)
{
	const struct replica *front = front_of(checking->scene);
	if (checking->scene->fleet.at_front.tls || !front || !replica_speaks(front))
		return NULL;
	const char *address = front->answers[ASK_VERSION].address;
	enum nearness nearness = address ? nearness_of(address) : NEAR_HERE;
	if (nearness == NEAR_PUBLIC)
		checking_found(checking, front->name, "is reached without TLS at %s", address);
	else if (nearness == NEAR_PRIVATE)
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
