/* What is missing for a check: one row a need. */
#include "health/scene.h"

static bool speaks(const struct scene *scene)
{
	return scene_speaking(scene) > 0;
}
static bool two_speak(const struct scene *scene)
{
	return scene_speaking(scene) > 1;
}
static bool balancer(const struct scene *scene)
{
	return replica_speaks(&scene->fleet.front);
}
static bool address(const struct scene *scene)
{
	return scene->fleet.at_front.looked;
}
static bool front(const struct scene *scene)
{
	return scene->fleet.front.url != NULL;
}
static bool tls(const struct scene *scene)
{
	return scene->fleet.at_front.tls;
}
static bool database(const struct scene *scene)
{
	return scene->database.sight.seen;
}
static bool server(const struct scene *scene)
{
	return scene->database.server;
}
static bool file(const struct scene *scene)
{
	return !scene->database.server;
}
static bool revision(const struct scene *scene)
{
	return scene->database.known;
}
static bool redis(const struct scene *scene)
{
	return scene->redis.sight.seen;
}
static bool redis_named(const struct scene *scene)
{
	return !scene->redis.sight.absent;
}
static bool redis_info(const struct scene *scene)
{
	return scene->redis.version != NULL;
}
static bool database_named(const struct scene *scene)
{
	return !scene->database.sight.absent;
}
static bool storage(const struct scene *scene)
{
	return scene->storage.sight.seen;
}
static bool repository(const struct scene *scene)
{
	return scene->repository.sight.seen;
}
static bool secret_key(const struct scene *scene)
{
	return scene->has_secret_key;
}
static bool account(const struct scene *scene)
{
	return scene->fleet.deep.asked;
}
static bool orchestrator(const struct scene *scene)
{
	for (size_t i = 0; i < scene->fleet.replicas.count; i++)
		if (scene->fleet.replicas.items[i].orchestrated.known)
			return true;
	return false;
}

/* The first one that is not met is told. `where`: the sight that tells whether there is nothing to look at, or it was
 * not reached. */
static const struct {
	enum need need;
	bool (*met)(const struct scene *scene);
	const char *absent, *failed;
	size_t where; /* offset of the sight; 0: there is none, and `absent` is said */
} rows[] = {
	{NEEDS_ADDRESS, address, "WEBUI_URL is not set", NULL, 0},
	{NEEDS_FRONT, front, "WEBUI_URL is taken for the only replica", NULL, 0},
	{NEEDS_BALANCER, balancer, "no Open WebUI answers at WEBUI_URL", NULL, 0},
	{NEEDS_TLS, tls, "WEBUI_URL has no TLS", NULL, 0},
	{NEEDS_DATABASE_NAMED, database_named, "no database is set", NULL, 0},
	{NEEDS_DATABASE, database, "no database is set", "the database was not reached",
	 offsetof(struct scene, database.sight)},
	{NEEDS_SQL_SERVER, server, "the database is a file", NULL, 0},
	{NEEDS_DATABASE_FILE, file, "the database is a server", NULL, 0},
	{NEEDS_REVISION, revision, "the database is at no revision that this owctl knows", NULL, 0},
	{NEEDS_REDIS_NAMED, redis_named, "no Redis is set", NULL, 0},
	{NEEDS_REDIS, redis, "no Redis is set", "Redis was not reached", offsetof(struct scene, redis.sight)},
	{NEEDS_REDIS_INFO, redis_info, "this user may not read Redis' INFO", NULL, 0},
	{NEEDS_STORAGE, storage, "it is not known where uploads are", "the place of uploads was not reached",
	 offsetof(struct scene, storage.sight)},
	{NEEDS_REPOSITORY, repository, "OWCTL_REPOSITORY is not set", "the repository was not reached",
	 offsetof(struct scene, repository.sight)},
	{NEEDS_REPLICAS, speaks, "no replica answers", NULL, 0},
	{NEEDS_ORCHESTRATOR, orchestrator, "no orchestrator tells of the replicas", NULL, 0},
	{NEEDS_TWO_REPLICAS, two_speak, "there are no two replicas that answer", NULL, 0},
	{NEEDS_ACCOUNT, account, "--deep was not asked for", NULL, 0},
	{NEEDS_SECRET_KEY, secret_key, "WEBUI_SECRET_KEY is not set here", NULL, 0},
};

unsigned check_needs(const struct check *check)
{
	static const unsigned of_stage[] = {[CHECK_AT_END] = 0,
					    [CHECK_IN_DATABASE] = NEEDS_DATABASE,
					    [CHECK_IN_REDIS] = NEEDS_REDIS};
	return check->needs | of_stage[check->stage];
}

/* What is needed for what is needed. */
static unsigned widen(unsigned needs)
{
	if (needs & NEEDS_BALANCER)
		needs |= NEEDS_FRONT;
	if (needs & (NEEDS_FRONT | NEEDS_TLS))
		needs |= NEEDS_ADDRESS;
	return needs;
}

bool needs_are_met(const struct scene *scene, unsigned needs, const char **why)
{
	needs = widen(needs);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!(needs & (unsigned)rows[i].need) || rows[i].met(scene))
			continue;
		const struct sight *sight = (const void *)((const char *)scene + rows[i].where);
		*why = rows[i].where && !sight->absent ? rows[i].failed : rows[i].absent;
		return false;
	}
	return true;
}
