#include "net/probe_certificate.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/utf8.h"

/* The text behind "NAME:" among the lines of one certificate; NULL: there is none. */
static const char *line_of(const struct curl_slist *lines, const char *name)
{
	size_t size = strlen(name);
	for (; lines; lines = lines->next)
		if (!strncmp(lines->data, name, size) && lines->data[size] == ':')
			return lines->data + size + 1;
	return NULL;
}

/* "Nov 30 05:12:14 2026 GMT" */
static int64_t time_of(const char *text)
{
	struct tm tm = {0};
	return text && strptime(text, "%b %d %H:%M:%S %Y GMT", &tm) ? (int64_t)timegm(&tm) : 0;
}

void probe_certificate_read(CURL *curl, struct probe_certificate *certificate)
{
	const struct curl_certinfo *chain = NULL;
	curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &certificate->verified);
	if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain) || !chain || chain->num_of_certs < 1)
		return;
	const struct curl_slist *own = chain->certinfo[0];
	certificate->sent = (size_t)chain->num_of_certs;
	certificate->not_before = time_of(line_of(own, "Start date"));
	certificate->not_after = time_of(line_of(own, "Expire date"));
	certificate->subject = utf8_safe_copy(line_of(own, "Subject"));
	certificate->issuer = utf8_safe_copy(line_of(own, "Issuer"));
}

void probe_certificate_cleanup(struct probe_certificate *certificate)
{
	free(certificate->subject);
	free(certificate->issuer);
	*certificate = (struct probe_certificate){0};
}
