#include "health/discover/dns_message.h"

#include <arpa/nameser.h>
#include <resolv.h>

#include "base/memory.h"
#include "net/redis_target.h"

#define BEFORE_TARGET 6 /* bytes of priority, weight and port */

/* False for what is no place that could be asked. */
static bool add_target(const ns_msg *message, const ns_rr *record, struct strings *targets)
{
	char host[NS_MAXDNAME];
	const unsigned char *data = ns_rr_rdata(*record);
	if (ns_rr_rdlen(*record) <= BEFORE_TARGET ||
	    ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), data + BEFORE_TARGET, host,
			       sizeof host) < 0)
		return false;
	int64_t port = ns_get16(data + 4);
	if (text_equal(host, ".") || !*host)
		return true;
	if (!port || !res_hnok(host) || !redis_host_valid(host))
		return false;
	AUTO(memory) char *target = redis_address(host, port);
	if (!strings_have(targets, target))
		strings_add(targets, target);
	return true;
}

fallible dns_read_services(const unsigned char *answer, size_t size, struct strings *targets)
{
	ns_msg message;
	ns_rr record;
	size_t refused = 0;
	if (ns_initparse(answer, (int)size, &message))
		return error_new(ERR_UNREACHABLE, "the name server's answer is broken");
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &record))
			return error_new(ERR_UNREACHABLE, "the name server's answer is broken");
		refused += ns_rr_type(record) == ns_t_srv && !add_target(&message, &record, targets);
	}
	return refused ? error_hint(error_new(ERR_UNREACHABLE, "%zu of its targets have no name of a host, or no port",
					      refused),
				    "mend the SRV records of the name")
		       : NULL;
}
