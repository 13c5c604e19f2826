/* Connecting: libcurl does it, and TLS, and hands over a connection to send and receive by (CURLOPT_CONNECT_ONLY). */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "net/redis_node.h"

static int stop_when_cancelled(void *unused, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)unused, (void)a, (void)b, (void)c, (void)d;
	return cancel_requested();
}

static const struct {
	CURLcode code;
	enum error_code error;
	const char *hint;
} connect_errors[] = {
	{CURLE_PEER_FAILED_VERIFICATION, ERR_SETTINGS,
	 "ssl_ca_certs=FILE in REDIS_URL names the authority that signed the certificate, and the URL must have the "
	 "name that is in it"},
	{CURLE_SSL_CACERT_BADFILE, ERR_SETTINGS, "ssl_ca_certs of REDIS_URL must name a file of certificates (PEM)"},
	{CURLE_SSL_CERTPROBLEM, ERR_SETTINGS, "check ssl_certfile, ssl_keyfile and ssl_password in REDIS_URL"},
};

static fallible connect_error(const struct redis_target *target, const char *address, CURLcode code, const char *why)
{
	enum error_code error = ERR_UNREACHABLE;
	const char *hint = target->tls ? "check REDIS_URL, and that the server runs; a port without TLS wants redis://"
					     : "check REDIS_URL, and that the server runs";
	for (size_t i = 0; i < COUNT(connect_errors); i++)
		if (connect_errors[i].code == code) {
			error = connect_errors[i].error;
			hint = connect_errors[i].hint;
		}
	AUTO(str) struct str text = {0};
	why = *why ? why : curl_easy_strerror(code);
	utf8_add_safe(&text, why, strlen(why));
	return error_hint(error_new(error, "Redis at %s: %s", address, str_text(&text)), "%s", hint);
}

static void set_text(CURL *curl, CURLoption option, const char *text)
{
	if (text)
		curl_easy_setopt(curl, option, text);
}

/* Debian's libcurl knows the system's authorities as a file and a folder; what is set takes the place of its kind. */
static void set_tls(CURL *curl, const struct redis_target *target)
{
	set_text(curl, CURLOPT_CAINFO, target->ca_file ? target->ca_file : getenv("SSL_CERT_FILE"));
	set_text(curl, CURLOPT_CAPATH, target->ca_folder ? target->ca_folder : getenv("SSL_CERT_DIR"));
	set_text(curl, CURLOPT_SSLCERT, target->certificate);
	set_text(curl, CURLOPT_SSLKEY, target->key);
	set_text(curl, CURLOPT_KEYPASSWD, target->key_password);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, target->any_certificate ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, target->any_certificate || target->any_name ? 0L : 2L);
	curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
}

static CURLcode perform(CURL *curl, const struct redis_target *target, const char *address, long timeout_ms, char *why)
{
	bool socket = *address == '/';
	AUTO(memory) char *url =
		text_format("%s://%s/", target->tls ? "https" : "http", socket ? "localhost" : address);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	set_text(curl, CURLOPT_UNIX_SOCKET_PATH, socket ? address : NULL);
	set_tls(curl, target);
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a thread that still looks up a name is left behind */
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_cancelled);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, (char *)NULL);
	return code;
}

fallible redis_connect(const struct redis_target *target, const char *address, int64_t deadline, void **curl)
{
	int64_t left = deadline - clock_monotonic_ms();
	char why[CURL_ERROR_SIZE] = "";
	CURL *opened = curl_easy_init();
	if (!opened)
		return error_new(ERR_FAILED, "libcurl can't be started");
	/* 0 would be libcurl's default */
	CURLcode code = perform(opened, target, address, left > 0 ? (long)left : 1, why);
	struct error *error = cancel_check();
	if (!error && code != CURLE_OK)
		error = connect_error(target, address, code, why);
	if (error)
		curl_easy_cleanup(opened);
	else
		*curl = opened;
	return error;
}
