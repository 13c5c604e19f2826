#include "net/websocket.h"

#include <curl/curl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "net/http_exchange.h"
#include "net/websocket_frame.h"

#define LARGEST_HEAD 16384
#define QUIETLY_MS 200 /* for saying goodbye */
#define MOST_ROUNDS 4096 /* pieces and pings before a message is whole */

const char *const websocket_headers[] = {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
					 "Sec-WebSocket-Key: b3djdGwgbG9va3MgaGVyZQ==", NULL};
#define ACCEPTED "siAs2qQs/kyFVrZMxoQyuZMGA8I=" /* what RFC 6455, 4.2.2, makes of that key */

struct websocket {
	CURL *curl;
	struct websocket_reader reader;
	bool lost;
};

/* ---- the connection ---- */

static int stop_when_cancelled(void *unused, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)unused, (void)a, (void)b, (void)c, (void)d;
	return cancel_requested();
}

static fallible lost(struct websocket *websocket, const char *why)
{
	websocket->lost = true;
	return error_new(ERR_UNREACHABLE, "the websocket: %s", why);
}

static long time_left(int64_t deadline)
{
	int64_t left = deadline - clock_monotonic_ms();
	return left <= 0 ? 0 : left < INT_MAX ? (long)left : INT_MAX;
}

static fallible connect_to(struct websocket *websocket, const struct websocket_options *options, int64_t deadline)
{
	CURL *curl = websocket->curl;
	char why[CURL_ERROR_SIZE] = "";
	AUTO(memory) char *to = options->address ? text_format("::%s", options->address) : NULL;
	struct curl_slist *list = to ? curl_slist_append(NULL, to) : NULL;
	curl_easy_setopt(curl, CURLOPT_URL, options->url);
	curl_easy_setopt(curl, CURLOPT_CONNECT_TO, list);
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a thread that still looks up a name is left behind */
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, time_left(deadline) + 1); /* 0 would be libcurl's default */
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_cancelled);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	http_set_authorities(curl, NULL);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, (char *)NULL);
	curl_easy_setopt(curl, CURLOPT_CONNECT_TO, (struct curl_slist *)NULL);
	curl_slist_free_all(list);
	TRY(cancel_check());
	return code == CURLE_OK ? NULL : lost(websocket, *why ? why : curl_easy_strerror(code));
}

static curl_socket_t descriptor(const struct websocket *websocket)
{
	curl_socket_t socket = CURL_SOCKET_BAD;
	if (!websocket->lost)
		curl_easy_getinfo(websocket->curl, CURLINFO_ACTIVESOCKET, &socket);
	return socket;
}

static fallible wait_for(struct websocket *websocket, short events, int64_t deadline)
{
	struct pollfd fds[] = {{.fd = descriptor(websocket), .events = events}, {.fd = cancel_fd(), .events = POLLIN}};
	int ready = poll(fds, COUNT(fds), (int)time_left(deadline));
	TRY(cancel_check());
	/* TLS may have taken what made it ready, and has nothing to give for it. */
	return ready == 0 || clock_monotonic_ms() >= deadline ? lost(websocket, "no answer in time") : NULL;
}

static fallible send_bytes(struct websocket *websocket, const char *bytes, size_t size, int64_t deadline)
{
	while (size) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(websocket->curl, bytes, size, &sent);
		if (code == CURLE_AGAIN)
			TRY(wait_for(websocket, POLLOUT, deadline));
		else if (code != CURLE_OK)
			return lost(websocket, "the server closed it");
		bytes += sent;
		size -= sent;
	}
	return NULL;
}

/* ---- its beginning ---- */

static char *part_of(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
		return text_copy("");
	char *own = text_copy(text);
	curl_free(text);
	return own;
}

/* The host as a browser names it: with a port only where it is not the scheme's own. */
static void add_request(struct str *out, const struct websocket_options *options)
{
	CURLU *url = curl_url();
	if (!url || curl_url_set(url, CURLUPART_URL, options->url, CURLU_PATH_AS_IS) != CURLUE_OK) {
		curl_url_cleanup(url);
		return;
	}
	AUTO(memory) char *host = part_of(url, CURLUPART_HOST);
	AUTO(memory) char *port = part_of(url, CURLUPART_PORT);
	AUTO(memory) char *path = part_of(url, CURLUPART_PATH);
	AUTO(memory) char *query = part_of(url, CURLUPART_QUERY);
	curl_url_cleanup(url);
	str_add_format(out, "GET %s%s%s HTTP/1.1\r\nHost: %s%s%s\r\nUser-Agent: owctl/" OWCTL_VERSION "\r\n", path,
		       *query ? "?" : "", query, host, *port ? ":" : "", port);
	for (const char *const *header = websocket_headers; *header; header++)
		str_add_format(out, "%s\r\n", *header);
	if (options->origin)
		str_add_format(out, "Origin: %s\r\n", options->origin);
	str_add(out, "\r\n");
}

/* The answer's head into `head`; what follows it is the reader's. */
static fallible receive_head(struct websocket *websocket, int64_t deadline, struct str *head)
{
	for (;;) {
		char buffer[4096];
		size_t got = 0;
		CURLcode code = curl_easy_recv(websocket->curl, buffer, sizeof buffer, &got);
		if (code == CURLE_AGAIN) {
			TRY(wait_for(websocket, POLLIN, deadline));
			continue;
		}
		if (code != CURLE_OK || !got || head->size + got > LARGEST_HEAD)
			return lost(websocket, "what answers is no HTTP");
		str_add_n(head, buffer, got);
		const char *end = memmem(head->data, head->size, "\r\n\r\n", 4);
		if (!end)
			continue;
		size_t size = (size_t)(end - head->data) + 4;
		websocket_reader_feed(&websocket->reader, head->data + size, head->size - size);
		head->size = size;
		head->data[size] = '\0';
		return NULL;
	}
}

static bool is_accepted(const struct str *head)
{
	AUTO(strings) struct strings lines = {0};
	static const char name[] = "sec-websocket-accept:";
	strings_split(&lines, head->data, '\n');
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];
		if (strncasecmp(line, name, sizeof name - 1) != 0)
			continue;
		line += sizeof name - 1;
		line += strspn(line, " \t");
		return !strncmp(line, ACCEPTED, sizeof ACCEPTED - 1);
	}
	return false;
}

static fallible upgrade(struct websocket *websocket, const struct websocket_options *options, int64_t deadline)
{
	AUTO(str) struct str request = {0}, head = {0};
	add_request(&request, options);
	TRY(send_bytes(websocket, request.data, request.size, deadline));
	TRY(receive_head(websocket, deadline, &head));
	long status = text_starts(head.data, "HTTP/1.1 ") ? strtol(head.data + 9, NULL, 10) : 0;
	if (status != 101) {
		AUTO(memory) char *why = text_format("it is refused with status %ld", status);
		return lost(websocket, why);
	}
	return is_accepted(&head) ? NULL : lost(websocket, "what answers is no websocket");
}

fallible websocket_open(const struct websocket_options *options, int64_t deadline, struct websocket **websocket)
{
	AUTO(websocket) struct websocket *opened = mem_new(1, sizeof *opened);
	opened->reader.most = options->most;
	opened->curl = curl_easy_init();
	if (!opened->curl)
		return error_new(ERR_FAILED, "libcurl can't be started");
	TRY(connect_to(opened, options, deadline));
	TRY(upgrade(opened, options, deadline));
	*websocket = opened;
	opened = NULL;
	return NULL;
}

/* ---- messages ---- */

static fallible send_frame(struct websocket *websocket, enum websocket_opcode opcode, const char *payload, size_t size,
			   int64_t deadline)
{
	AUTO(str) struct str bytes = {0};
	websocket_frame_add(&bytes, opcode, payload, size);
	struct error *error = websocket->lost ? lost(websocket, "it is closed")
					      : send_bytes(websocket, bytes.data, bytes.size, deadline);
	mem_wipe(bytes.data, bytes.size); /* a token may be in it, and the mask lies beside it */
	return error;
}

fallible websocket_send(struct websocket *websocket, const char *text, size_t size, int64_t deadline)
{
	return send_frame(websocket, WEBSOCKET_TEXT, text, size, deadline);
}

fallible websocket_receive(struct websocket *websocket, const char **text, size_t *size)
{
	*text = NULL;
	for (int rounds = 0; rounds < MOST_ROUNDS; rounds++) {
		char buffer[16384];
		size_t got = 0;
		CURLcode code;
		switch (websocket_reader_next(&websocket->reader, text, size)) {
		case WEBSOCKET_SAYS:
			return NULL;
		case WEBSOCKET_ASKS:
			TRY(send_frame(websocket, WEBSOCKET_PONG, *text, *size, clock_monotonic_ms() + QUIETLY_MS));
			break;
		case WEBSOCKET_WAITS:
			*text = NULL;
			code = websocket->lost ? CURLE_RECV_ERROR
					       : curl_easy_recv(websocket->curl, buffer, sizeof buffer, &got);
			if (code == CURLE_AGAIN)
				return NULL;
			if (code != CURLE_OK || !got)
				return lost(websocket, "the server closed it");
			websocket_reader_feed(&websocket->reader, buffer, got);
			break;
		case WEBSOCKET_ENDS:
			*text = NULL;
			return lost(websocket, "the server closed it");
		default:
			*text = NULL;
			return lost(websocket, "what came is no message of a websocket, or too long");
		}
	}
	*text = NULL;
	return lost(websocket, "it sends without end, and nothing that is whole");
}

void websocket_close(struct websocket *websocket)
{
	if (!websocket)
		return;
	if (websocket->curl && !websocket->lost)
		error_ignore(send_frame(websocket, WEBSOCKET_CLOSE, "\x03\xe8", 2, /* 1000: all is done */
					clock_monotonic_ms() + QUIETLY_MS));
	curl_easy_cleanup(websocket->curl);
	websocket_reader_cleanup(&websocket->reader);
	free(websocket);
}

fallible websockets_wait(struct websocket *const *websockets, size_t count, int64_t deadline)
{
	AUTO(memory) struct pollfd *fds = mem_new(count + 1, sizeof *fds);
	for (size_t i = 0; i < count; i++) /* one that is lost is passed over, as all that are below 0 */
		fds[i] = (struct pollfd){.fd = websockets[i] ? descriptor(websockets[i]) : -1, .events = POLLIN};
	fds[count] = (struct pollfd){.fd = cancel_fd(), .events = POLLIN};
	poll(fds, count + 1, (int)time_left(deadline));
	return cancel_check();
}
