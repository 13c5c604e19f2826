/* Whether the certificate at WEBUI_URL is one that people's browsers trust, and for how long. While it is not trusted,
 * nothing else can be looked at there: no token is sent to who knows whom. */
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"

#define DAY 86400
#define SOON_S (21 * DAY)
#define NOW_S (7 * DAY)

static const struct probe_answer *first_answer(const struct scene *scene)
{
	const struct replica *front = front_of(scene);
	return front && front->asked[ASK_VERSION] ? &front->answers[ASK_VERSION] : NULL;
}

static const char *text_or(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

static void tell_of_time(struct checking *checking, const char *name, const char *what, int64_t at,
			 const char *remedy)
{
	char when[CLOCK_TEXT_SIZE] = "?";
	if (at)
		(void)clock_format(at, when);
	trouble_remedy(checking_found(checking, name, "has a certificate that %s %s", what, when), "%s", remedy);
}

/* Companies have authorities that their browsers know, and this machine does not. */
static void tell_of_issuer(struct checking *checking, const char *name, const struct probe_certificate *seen)
{
	const char *issuer = text_or(seen->issuer, "?");
	if (text_equal(seen->issuer, seen->subject))
		checking_found_as(checking, SEVERITY_WARNING, name, "has a certificate that it signed itself (%s)",
				  issuer);
	else if (seen->sent == 1)
		checking_found_as(checking, SEVERITY_WARNING, name,
				  "has a certificate of an issuer that is not trusted here (%s), and sends no other: "
				  "an intermediate certificate is missing, or the authority is not known",
				  issuer);
	else
		checking_found_as(checking, SEVERITY_WARNING, name,
				  "has a certificate of an authority that is not trusted here (%s)", issuer);
}

/* libcurl looks at the name itself, before it has asked OpenSSL what it found. */
static bool is_of_another_name(long verified)
{
	return verified == X509_V_OK || verified == X509_V_ERR_UNSPECIFIED ||
	       verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

static fallible look_for_distrust(struct checking *checking)
{
	const struct replica *front = front_of(checking->scene);
	const struct probe_answer *first = first_answer(checking->scene);
	const struct probe_answer *second = front_answer(checking->scene, FRONT_UNVERIFIED);
	if (!first || (first->failure && first->end != PROBE_UNTRUSTED))
		result_skip(checking->result, "WEBUI_URL gives no answer");
	if (!first || first->end != PROBE_UNTRUSTED)
		return NULL;
	const struct probe_certificate *seen = second ? &second->certificate : &first->certificate;
	if (first->certificate.verified == X509_V_ERR_CERT_HAS_EXPIRED)
		tell_of_time(checking, front->name, "expired at", seen->not_after,
			     "renew it, see why that did not happen by itself, and have the server load the new one");
	else if (first->certificate.verified == X509_V_ERR_CERT_NOT_YET_VALID)
		tell_of_time(checking, front->name, "is not valid before", seen->not_before,
			     "check the clocks of this machine and of who made the certificate");
	else if (is_of_another_name(first->certificate.verified))
		trouble_remedy(checking_found(checking, front->name, "has a certificate for another name (%s)",
					      text_or(seen->subject, "?")),
			       "have one made that names the host of WEBUI_URL, or correct WEBUI_URL");
	else
		tell_of_issuer(checking, front->name, seen);
	return NULL;
}

HEALTH_CHECK(untrusted) = {
	.code = "OW720",
	.name = "certificate-trusted",
	.title = "the certificate at WEBUI_URL is trusted",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TLS,
	.why = "Browsers show a warning instead of the page, and programs that use the API refuse to connect. An "
	       "incomplete chain is worse than it looks: browsers that know the intermediate go on, telephones and "
	       "programs don't. This machine's authorities count, or those of SSL_CERT_FILE.",
	.remedy = "have the server send the whole chain (fullchain.pem); if the authority is one of your own, give it "
		  "to owctl by SSL_CERT_FILE",
	.run = look_for_distrust,
};

/* What lasts a week from its first day on is renewed every few days. */
static int64_t share(int64_t most, int64_t lasts, int64_t parts)
{
	return lasts > 0 && lasts / parts < most ? lasts / parts : most;
}

static fallible look_for_end(struct checking *checking)
{
	const struct replica *front = front_of(checking->scene);
	const struct probe_answer *answer = first_answer(checking->scene);
	if (!answer || answer->end == PROBE_UNTRUSTED || !answer->certificate.not_after) {
		result_skip(checking->result, "there is no trusted certificate to look at");
		return NULL;
	}
	const struct probe_certificate *seen = &answer->certificate;
	int64_t left = seen->not_after - checking->scene->now, lasts = seen->not_after - seen->not_before;
	if (left >= share(SOON_S, lasts, 4))
		return NULL;
	checking_found_as(checking, left < share(NOW_S, lasts, 10) ? SEVERITY_CRITICAL : SEVERITY_WARNING, front->name,
			  "has a certificate that expires in %lld %s", (long long)(left < 2 * DAY ? left / 3600
											 : left / DAY),
			  left < 2 * DAY ? "hours" : "days");
	return NULL;
}

HEALTH_CHECK(expires) = {
	.code = "OW721",
	.name = "certificate-lasts",
	.title = "the certificate at WEBUI_URL lasts for three weeks at least",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_TLS,
	.why = "From the day on that it expires nobody gets in. What renews it does so a month before: that it has not "
	       "means that it will not, or that the server still has the old one loaded. Critical in the last week; a "
	       "certificate that lasts for days only is late in the last quarter of its time.",
	.remedy = "run what renews it (`certbot renew`) and read what it says, and have the server load it",
	.run = look_for_end,
};
