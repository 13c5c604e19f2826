/* Whether what goes to the database is encrypted on its way, and as whom it goes. */
#include "base/memory.h"
#include "health/address.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_plain(struct checking *checking)
{
	bool found;
	AUTO(memory) char *address = NULL;
	TRY(db_single_text(checking->installation->db,
			   "select host(inet_server_addr()) from pg_stat_ssl where pid = pg_backend_pid() and not ssl",
			   NULL, 0, &found, &address));
	if (!found || !address || address_is_own(address)) /* none: a Unix socket */
		return NULL;
	checking_found_as(checking, address_is_public(address) ? SEVERITY_CRITICAL : SEVERITY_INFO, NULL,
			  "the connection to the database at %s has no TLS", address);
	return NULL;
}

HEALTH_CHECK(plain_database) = {
	.code = "OW812",
	.name = "database-encrypted",
	.title = "the way to a database on another machine is encrypted",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE | NEEDS_SQL_SERVER,
	.stage = CHECK_IN_DATABASE,
	.why = "Chats, password hashes and keys can be read by whoever is on it. The server was asked about owctl's "
	       "own connection, which the settings of DATABASE_URL made. In a private network it is only mentioned.",
	.remedy = "switch on ssl in postgresql.conf, and write ?sslmode=require into DATABASE_URL (or "
		  "verify-full, with sslrootcert=FILE)",
	.run = look_for_plain,
};

static fallible look_for_superuser(struct checking *checking)
{
	bool found;
	AUTO(memory) char *role = NULL;
	TRY(db_single_text(checking->installation->db,
			   "select rolname from pg_roles where rolname = current_user and rolsuper", NULL, 0, &found,
			   &role));
	if (found)
		checking_found(checking, NULL, "the role of DATABASE_URL, %s, is a superuser of the server", role);
	return NULL;
}

HEALTH_CHECK(superuser) = {
	.code = "OW814",
	.name = "database-role",
	.title = "the role of DATABASE_URL owns its database, and no more",
	.family = FAMILY_SECURITY,
	.severity = SEVERITY_INFO,
	.needs = NEEDS_DATABASE | NEEDS_SQL_SERVER,
	.stage = CHECK_IN_DATABASE,
	.why = "A hole in the server, or a function that an administrator added, then reads files of the database's "
	       "machine and runs programs there.",
	.remedy = "CREATE ROLE openwebui LOGIN PASSWORD '..'; ALTER DATABASE .. OWNER TO openwebui; ALTER TABLE .. "
		  "OWNER TO openwebui for each table; the extension vector stays the superuser's",
	.run = look_for_superuser,
};
