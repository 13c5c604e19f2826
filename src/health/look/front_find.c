#include <curl/curl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "health/look/front_inner.h"
#include "net/redis_target.h"

#define MOST_ADDRESSES 16

static char *part_of(CURLU *url, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
		return NULL;
	char *own = text_copy(text);
	curl_free(text);
	return own;
}

void front_find(struct front_looking *looking, const char *text)
{
	size_t size = strlen(text);
	while (size && text[size - 1] == '/')
		size--;
	looking->url = text_copy_n(text, size);
	CURLU *url = curl_url();
	if (curl_url_set(url, CURLUPART_URL, looking->url, 0) == CURLUE_OK) {
		AUTO(memory) char *scheme = part_of(url, CURLUPART_SCHEME, 0);
		AUTO(memory) char *port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
		looking->sight->tls = text_equal(scheme, "https");
		looking->host = part_of(url, CURLUPART_HOST, 0);
		if (!port || !redis_port_parse(port, &looking->port))
			looking->port = 0;
	}
	curl_url_cleanup(url);
	size = looking->host ? strlen(looking->host) : 0;
	if (size > 2 && looking->host[0] == '[') {
		memmove(looking->host, looking->host + 1, size - 2);
		looking->host[size - 2] = '\0';
	}
}

/* localhost has an address of each kind on most machines, and servers listen at one of them. */
void front_find_addresses(struct front_looking *looking)
{
	struct strings *addresses = &looking->sight->addresses;
	struct addrinfo *found = NULL;
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	if (!looking->host || !looking->port || text_equal(looking->host, "localhost"))
		return;
	if (getaddrinfo(looking->host, NULL, &hints, &found))
		return; /* which is told when it is asked */
	for (const struct addrinfo *one = found; one && addresses->count < MOST_ADDRESSES; one = one->ai_next) {
		char host[NI_MAXHOST];
		if (getnameinfo(one->ai_addr, one->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST))
			continue;
		AUTO(memory) char *address = redis_address(host, looking->port);
		if (!strings_have(addresses, address))
			strings_add(addresses, address);
	}
	freeaddrinfo(found);
	if (addresses->count < 2)
		strings_cleanup(addresses);
}
