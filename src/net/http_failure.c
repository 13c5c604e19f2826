/* What became of an exchange that had no answer. */
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "net/http_exchange.h"

/* What stays as it is, however often it is tried. */
static const struct {
	CURLcode code;
	enum error_code error;
	const char *hint;
} lasting[] = {
	{CURLE_PEER_FAILED_VERIFICATION, ERR_SETTINGS,
	 "the certificate must be signed by an authority that this machine trusts, or that is in a CA file of your "
	 "own, and have the name of the server in it"},
	{CURLE_SSL_CACERT_BADFILE, ERR_SETTINGS, "the CA file must be one of certificates (PEM)"},
	{CURLE_URL_MALFORMAT, ERR_SETTINGS, "check the address"},
	{CURLE_COULDNT_RESOLVE_PROXY, ERR_UNREACHABLE, "check https_proxy and no_proxy"},
	{CURLE_OUT_OF_MEMORY, ERR_FAILED, NULL},
	{CURLE_FAILED_INIT, ERR_FAILED, NULL},
};

fallible http_failure(const char *url, CURLcode code, const char *why, int64_t silent_s, bool *passing)
{
	const char *host = strstr(url, "://");
	int size = host ? (int)(host - url) + 3 + (int)strcspn(host + 3, "/?") : 0;
	AUTO(str) struct str text = {0};
	why = *why ? why : curl_easy_strerror(code);
	if (silent_s)
		str_add_format(&text, "the server was silent for %lld s", (long long)silent_s);
	else
		utf8_add_safe(&text, why, strlen(why));
	for (size_t i = 0; i < COUNT(lasting); i++) {
		if (lasting[i].code != code)
			continue;
		struct error *error = error_new(lasting[i].error, "%.*s: %s", size, url, str_text(&text));
		return lasting[i].hint ? error_hint(error, "%s", lasting[i].hint) : error;
	}
	*passing = true;
	return error_hint(error_new(ERR_UNREACHABLE, "%.*s: %s", size, url, str_text(&text)), "%s",
			  code == CURLE_SSL_CONNECT_ERROR
				  ? "a port without TLS wants http://"
				  : "check the address, the network, and that the server runs");
}
