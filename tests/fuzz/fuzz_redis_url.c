/* Redis URLs and sentinel lists of any bytes: parsed or refused with a hint; what is understood can be connected to,
 * and no password is in a message. The input is "URL", or "URL\nHOSTS\nPORT". */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "net/redis_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *url, const char *hosts, const char *port)
{
	struct redis_target target = {0};
	AUTO(error) struct error *error = redis_target_parse(url, hosts, port, &target);
	if (error) {
		AUTO(memory) char *text = error_text(error);
		assert(error->code == ERR_SETTINGS && error_hint_text(error));
		assert(!strstr(text, "0123Secret"));
		assert(!target.host && !target.password && !target.sentinels.count);
		return;
	}
	assert(target.port >= 1 && target.port <= 65535 && target.database >= 0);
	assert(!target.host || redis_host_valid(target.host));
	assert(!target.socket || (*target.socket == '/' && !target.tls));
	assert(!target.password || *target.password);
	assert(target.tls || (!target.any_certificate && !target.ca_file && !target.key));
	redis_target_cleanup(&target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(memory) char *text = text_copy_n((const char *)data, size);
	char *rest = text, *url = strsep(&rest, "\n"), *hosts = strsep(&rest, "\n");
	parse(url, hosts, rest);
	parse(url, NULL, NULL);
	AUTO(memory) char *with_password = text_format("redis://:0123Secret%s", url);
	parse(with_password, hosts, rest);
	return 0;
}
