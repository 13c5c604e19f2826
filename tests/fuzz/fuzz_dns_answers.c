/* A name server's answer of any bytes: whatever it says, what comes of it are hosts with ports. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "health/discover/dns_message.h"
#include "net/redis_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(strings) struct strings targets = {0};
	if (size > DNS_LARGEST)
		return -1;
	error_ignore(dns_read_services(data, size, &targets)); /* what it names all the same is looked at */
	for (size_t i = 0; i < targets.count; i++) {
		const char *colon = strrchr(targets.items[i], ':');
		int64_t port;
		assert(colon && redis_port_parse(colon + 1, &port));
		AUTO(memory) char *host = text_copy_n(targets.items[i], (size_t)(colon - targets.items[i]));
		assert(redis_host_valid(host));
	}
	return 0;
}
