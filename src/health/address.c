#include "health/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

static char *host_of(const char *address)
{
	const char *host = strstr(address, "://");
	host = host ? host + 3 : address;
	size_t size = strcspn(host, "/?#");
	const char *at = memchr(host, '@', size);
	const char *from = at ? at + 1 : host;
	size -= (size_t)(from - host);
	if (*from == '[')
		return text_copy_n(from + 1, strcspn(from + 1, "]"));
	const char *colon = memchr(from, ':', size);
	bool one = colon && !memchr(colon + 1, ':', size - (size_t)(colon + 1 - from)); /* else it is IPv6 */
	return text_copy_n(from, one ? (size_t)(colon - from) : size);
}

/* The first four bytes of an IPv4 address, also of one inside IPv6. */
static bool read_four(const char *host, uint32_t *address)
{
	struct in_addr four;
	bool mapped = text_starts(host, "::ffff:");
	if (inet_pton(AF_INET, mapped ? host + 7 : host, &four) != 1)
		return false;
	*address = ntohl(four.s_addr);
	return true;
}

bool address_is_own(const char *address)
{
	AUTO(memory) char *host = host_of(address);
	uint32_t four;
	if (read_four(host, &four))
		return four >> 24 == 127;
	return text_equal(host, "localhost") || text_equal(host, "::1");
}

static const struct {
	uint32_t network;
	int bits;
} private_networks[] = {
	{0x00000000, 8}, {0x0a000000, 8}, {0x64400000, 10}, {0x7f000000, 8}, {0xa9fe0000, 16}, {0xac100000, 12},
	{0xc0a80000, 16},
};

bool address_is_public(const char *address)
{
	AUTO(memory) char *host = host_of(address);
	uint32_t four;
	unsigned char six[16];
	if (read_four(host, &four)) {
		for (size_t i = 0; i < COUNT(private_networks); i++)
			if (four >> (32 - private_networks[i].bits) ==
			    private_networks[i].network >> (32 - private_networks[i].bits))
				return false;
		return true;
	}
	return inet_pton(AF_INET6, host, six) == 1 && (six[0] & 0xe0) == 0x20; /* 2000::/3 is all that is given out */
}
