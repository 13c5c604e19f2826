/* What the server says when it refuses. */
#include <string.h>

#include "base/hide.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "net/redis_node.h"

/* How an answer begins; the first that fits. Texts of Redis 5 to 8 and Valkey. */
static const struct {
	const char *start;
	enum error_code code;
	const char *hint;
} refusals[] = {
	{"NOAUTH", ERR_PERMISSION, "the server wants a password: put it into REDIS_URL"},
	{"WRONGPASS", ERR_PERMISSION, "check user and password in REDIS_URL"},
	{"ERR invalid password", ERR_PERMISSION, "check the password in REDIS_URL"},
	{"NOPERM", ERR_PERMISSION, "the server's ACL must allow this to the user in REDIS_URL (ACL SETUSER)"},
	{"DENIED", ERR_PERMISSION, "the server is in protected mode: give it a password, and REDIS_URL the same"},
	{"ERR AUTH <password> called without", ERR_SETTINGS,
	 "the server has no password: leave it out of REDIS_URL, or check that this is the right server"},
	{"ERR Client sent AUTH, but no password", ERR_SETTINGS,
	 "the server has no password: leave it out of REDIS_URL, or check that this is the right server"},
	{"ERR DB index is out of range", ERR_SETTINGS, "check the database number at the end of REDIS_URL"},
	{"ERR SELECT is not allowed in cluster", ERR_SETTINGS,
	 "a cluster has only database 0: leave the number out of REDIS_URL"},
	{"READONLY", ERR_SETTINGS, "this is a replica: REDIS_URL must lead to the master, or use REDIS_SENTINEL_HOSTS"},
	{"LOADING", ERR_BUSY, "the server reads its data: try again soon"},
	{"BUSY ", ERR_BUSY, "a script keeps the server busy: try again, or stop it (SCRIPT KILL)"},
	{"MASTERDOWN", ERR_BUSY, "the replica has lost its master: try again after the fail-over"},
	{"CLUSTERDOWN", ERR_BUSY, "part of the cluster is down: try again after the fail-over (CLUSTER INFO)"},
	{"TRYAGAIN", ERR_BUSY, "the cluster is moving keys: try again"},
	{"ERR max number of clients", ERR_BUSY, "raise maxclients at the server, or try again"},
	{"OOM", ERR_FAILED, "the server has no memory left: raise maxmemory, or set an eviction policy"},
	{"MISCONF", ERR_FAILED, "the server can't save its data and refuses changes: see its log"},
};

/* What may be shown of an answer: "unknown command 'AUTH', with args beginning with: .." has the password at its end,
 * in quotes and escapes that depend on the server. */
static char *shown(const struct redis_target *target, const redisReply *reply)
{
	AUTO(secrets) struct strings secrets = {0};
	const char *const known[] = {target->password, target->key_password};
	for (size_t i = 0; i < COUNT(known); i++)
		if (known[i] && *known[i])
			strings_add(&secrets, known[i]);
	const char *arguments = strstr(reply->str, ", with args beginning with");
	AUTO(memory) char *said = text_copy_n(reply->str, arguments ? (size_t)(arguments - reply->str) : reply->len);
	AUTO(memory) char *without = text_without(said, &secrets);
	struct str safe = {0};
	utf8_add_safe(&safe, without, strlen(without));
	if (!safe.size)
		str_add(&safe, "an error without a message");
	return str_take(&safe);
}

fallible redis_refusal(const struct redis_node *node, const redisReply *reply)
{
	AUTO(memory) char *text = shown(redis_node_target(node), reply);
	const char *address = redis_node_address(node);
	for (size_t i = 0; i < COUNT(refusals); i++)
		if (text_starts(reply->str, refusals[i].start))
			return error_hint(error_new(refusals[i].code, "Redis at %s: %s", address, text), "%s",
					  refusals[i].hint);
	return error_new(ERR_FAILED, "Redis at %s: %s", address, text);
}
