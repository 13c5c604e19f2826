#include "settings/settings.h"

#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"

const struct setting known_settings[] = {
	{"DATABASE_URL", "where the database is", NULL, .privacy = SETTING_URL},
	{"DATABASE_TYPE", "engine, when the URL is given in parts", NULL, .privacy = SETTING_PLAIN},
	{"DATABASE_USER", "user, when the URL is given in parts", NULL, .privacy = SETTING_PLAIN},
	{"DATABASE_PASSWORD", "password, when the URL is given in parts", NULL, .privacy = SETTING_SECRET},
	{"DATABASE_HOST", "host, when the URL is given in parts", NULL, .privacy = SETTING_PLAIN},
	{"DATABASE_PORT", "port, when the URL is given in parts", NULL, .privacy = SETTING_PLAIN},
	{"DATABASE_NAME", "database, when the URL is given in parts", NULL, .privacy = SETTING_PLAIN},
	{"DATABASE_SCHEMA", "PostgreSQL schema that holds the tables", NULL, .privacy = SETTING_PLAIN},
	{"DATABASE_POOL_SIZE", "connections that each pool of a server keeps; 0: no pool", NULL,
	 .privacy = SETTING_PLAIN},
	{"DATABASE_POOL_MAX_OVERFLOW", "connections that such a pool opens beyond them", "0", .privacy = SETTING_PLAIN},
	{"UVICORN_WORKERS", "processes of each server", "1", .privacy = SETTING_PLAIN},
	{"THREAD_POOL_SIZE", "calls that each of these waits for at once in threads", NULL, .privacy = SETTING_PLAIN},
	{"DATABASE_ENABLE_IAM_TOKEN_AUTH", "sign in to the database with an AWS IAM token", "false",
	 .privacy = SETTING_PLAIN},
	{"DATA_DIR", "folder of webui.db, uploads and vectors", NULL, .privacy = SETTING_PLAIN},
	{"WEBUI_SECRET_KEY", "key that signs sessions and encrypts stored tokens", NULL, .privacy = SETTING_SECRET},
	{"OAUTH_SESSION_TOKEN_ENCRYPTION_KEY", "key that encrypts tokens of sign-ins with OAuth instead", NULL,
	 .privacy = SETTING_SECRET},
	{"OAUTH_CLIENT_INFO_ENCRYPTION_KEY", "key that encrypts what OAuth servers know of tool servers instead", NULL,
	 .privacy = SETTING_SECRET},
	{"WEBUI_URL", "address of the running server", NULL, .privacy = SETTING_URL},
	{"PORT", "where a server listens whose address is not given", NULL, .privacy = SETTING_PLAIN},
	{"REDIS_URL", "Redis that the replicas share", NULL, .privacy = SETTING_URL},
	{"REDIS_KEY_PREFIX", "what Open WebUI's Redis keys begin with", "open-webui", .privacy = SETTING_PLAIN,
	 .empty_counts = true},
	{"REDIS_CLUSTER", "whether REDIS_URL is a Redis cluster", "false", .privacy = SETTING_PLAIN},
	{"REDIS_SENTINEL_HOSTS", "Redis sentinels, separated by commas", NULL, .privacy = SETTING_PLAIN},
	{"REDIS_SENTINEL_PORT", "port of the Redis sentinels", "26379", .privacy = SETTING_PLAIN},
	{"PASSWORD_HASH_ALGORITHM", "how the server hashes new passwords", "bcrypt", .privacy = SETTING_PLAIN},
	{"ENABLE_PASSWORD_VALIDATION", "whether new passwords must match a pattern", "false", .privacy = SETTING_PLAIN},
	{"PASSWORD_VALIDATION_REGEX_PATTERN", "pattern that new passwords must match",
	 "^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d)(?=.*[^\\w\\s]).{8,}$", .privacy = SETTING_PLAIN},
	{"PASSWORD_VALIDATION_HINT", "what to tell whose password does not match it", NULL, .privacy = SETTING_PLAIN},
	{"DEFAULT_GROUP_SHARE_PERMISSION", "who may share with a new group: members, true (everybody) or false",
	 "members", .privacy = SETTING_PLAIN},
	{"ENABLE_DB_MIGRATIONS", "whether the server migrates its database at start", "true", .privacy = SETTING_PLAIN},
	{"STORAGE_PROVIDER", "where uploaded files are kept: local, s3, gcs, azure", "local", .privacy = SETTING_PLAIN},
	{"S3_BUCKET_NAME", "bucket of uploaded files", NULL, .privacy = SETTING_PLAIN},
	{"S3_KEY_PREFIX", "what the names of uploaded files begin with in the bucket", NULL, .privacy = SETTING_PLAIN},
	{"S3_REGION_NAME", "region of the bucket", NULL, .privacy = SETTING_PLAIN},
	{"S3_ENDPOINT_URL", "address of the bucket's server, where it is not AWS", NULL, .privacy = SETTING_URL},
	{"S3_ADDRESSING_STYLE", "how the bucket is named in addresses: path, virtual, auto", NULL,
	 .privacy = SETTING_PLAIN},
	{"S3_ACCESS_KEY_ID", "key id for the bucket", NULL, .privacy = SETTING_PLAIN},
	{"S3_SECRET_ACCESS_KEY", "secret key for the bucket", NULL, .privacy = SETTING_SECRET},
	{"GCS_BUCKET_NAME", "bucket of uploaded files at Google", NULL, .privacy = SETTING_PLAIN},
	{"GOOGLE_APPLICATION_CREDENTIALS_JSON", "account of Google that reaches it, as JSON", NULL,
	 .privacy = SETTING_SECRET},
	{"GOOGLE_APPLICATION_CREDENTIALS", "file that holds the same", NULL, .privacy = SETTING_PLAIN},
	{"VECTOR_DB", "which store has the vectors: chroma, pgvector, milvus, qdrant, ..", "chroma",
	 .privacy = SETTING_PLAIN},
	{"PGVECTOR_DB_URL", "database of the vectors, where it is another one", NULL, .privacy = SETTING_URL},
	{"PGVECTOR_PGCRYPTO_KEY", "key that encrypts the texts of the vectors there, with PGVECTOR_PGCRYPTO", NULL,
	 .privacy = SETTING_SECRET},
	{"CHROMA_HTTP_HOST", "server of the vectors, where they are not in DATA_DIR", NULL, .privacy = SETTING_PLAIN},
	{"MILVUS_URI", "likewise, for milvus", NULL, .privacy = SETTING_URL},
	{"AZURE_STORAGE_ENDPOINT", "address of the storage account that has the container of uploaded files", NULL,
	 .privacy = SETTING_URL},
	{"AZURE_STORAGE_CONTAINER_NAME", "container of uploaded files", NULL, .privacy = SETTING_PLAIN},
	{"AZURE_STORAGE_KEY", "key of the storage account", NULL, .privacy = SETTING_SECRET},
	{"WEBSOCKET_REDIS_URL", "Redis for websocket events, if it is not that of REDIS_URL", NULL,
	 .privacy = SETTING_URL},
	{"WEBSOCKET_MANAGER", "how replicas share websocket events: redis", NULL, .privacy = SETTING_PLAIN},
	{"PGVECTOR_INITIALIZE_MAX_VECTOR_LENGTH", "how many numbers a vector has in pgvector's table", NULL,
	 .privacy = SETTING_PLAIN},
	{"ENABLE_PERSISTENT_CONFIG", "whether settings are kept in the database", NULL, .privacy = SETTING_PLAIN},
	{"WEBUI_SESSION_COOKIE_SECURE", "whether browsers send the session's cookie over HTTPS alone", NULL,
	 .privacy = SETTING_PLAIN},
	{"AUDIT_LOG_LEVEL", "what the server's audit log has: NONE, METADATA, REQUEST, REQUEST_RESPONSE", NULL,
	 .privacy = SETTING_PLAIN},
	{"ENABLE_OTEL", "whether the server sends telemetry", NULL, .privacy = SETTING_PLAIN},
	{"ENABLE_OTEL_METRICS", "whether metrics are part of it", NULL, .privacy = SETTING_PLAIN},
	{"ENABLE_OTEL_LOGS", "whether logs are part of it", NULL, .privacy = SETTING_PLAIN},
	{"OTEL_EXPORTER_OTLP_ENDPOINT", "where telemetry is sent", NULL, .privacy = SETTING_URL},
	{"OTEL_METRICS_EXPORTER_OTLP_ENDPOINT", "where metrics are, if elsewhere", NULL, .privacy = SETTING_URL},
	{"OTEL_LOGS_EXPORTER_OTLP_ENDPOINT", "where logs are, if elsewhere", NULL, .privacy = SETTING_URL},
	{"OTEL_OTLP_SPAN_EXPORTER", "how telemetry is sent: grpc or http", NULL, .privacy = SETTING_PLAIN},
	{"OWCTL_DATA_REGION",
	 "where uploads and backups may be: regions of buckets, or what their names begin with, separated by commas",
	 NULL, .privacy = SETTING_PLAIN},
	{"OWCTL_OTLP_ENDPOINT", "where each command sends how it went, by OTLP/HTTP: http://HOST:4318", NULL,
	 .privacy = SETTING_URL},
	{"OWCTL_OTLP_HEADERS", "headers that go with it: NAME=VALUE,NAME=VALUE, with values percent-encoded", NULL,
	 .privacy = SETTING_SECRET},
	{"OWCTL_REPLICAS",
	 "where `owctl health` finds the replicas, separated by commas: http://10.0.0.7:8080, dns:NAME:PORT", NULL,
	 .privacy = SETTING_PLAIN},
	{"OWCTL_HEALTH_EMAIL", "account that `owctl health check --deep` signs in with", NULL,
	 .privacy = SETTING_PLAIN},
	{"OWCTL_HEALTH_PASSWORD", "its password", NULL, .privacy = SETTING_SECRET},
	{"OWCTL_HEALTH_TOKEN", "API key (sk-..) or token of a session that it uses instead of these two", NULL,
	 .privacy = SETTING_SECRET},
	{"OWCTL_REPOSITORY",
	 "where backups are kept: a folder, s3://bucket/prefix, gs://bucket/prefix, "
	 "azure://account/container/prefix or sftp://user@host/folder",
	 NULL, .privacy = SETTING_PLAIN},
	{"OWCTL_REPOSITORY_RATE",
	 "bytes a second that a repository in a bucket or on a host is sent and read at most, as 500k, 10M, 1G", NULL,
	 .privacy = SETTING_PLAIN},
	{"OWCTL_SFTP_PASSPHRASE", "passphrase of the key that logs in to sftp://", NULL, .privacy = SETTING_SECRET},
	{"OWCTL_SFTP_PASSWORD", "password of the user of sftp://, where no key logs in", NULL,
	 .privacy = SETTING_SECRET},
	{"OWCTL_RECIPIENTS", "public keys (age1..) that backups are encrypted for, with blanks in between", NULL,
	 .privacy = SETTING_PLAIN},
	{"OWCTL_IDENTITY", "secret key (AGE-SECRET-KEY-1..) that opens backups", NULL, .privacy = SETTING_SECRET},
	{"OWCTL_PROFILE", "profile in force unless --profile is given", NULL, .privacy = SETTING_PLAIN,
	 .environment_only = true},
	{"OWCTL_CONFIG", "file that holds the profiles", NULL, .privacy = SETTING_PLAIN, .environment_only = true},
	{"OWCTL_RUN_ID", "name of the run in logs and audit records, for a pipeline to give", NULL,
	 .privacy = SETTING_PLAIN, .environment_only = true},
	{"OWCTL_MIGRATE_COMMIT_MS",
	 "how long a transaction of `migrate up` and `repair` lasts at least before a page of rows ends it", "3000",
	 .privacy = SETTING_PLAIN},
	{"OWCTL_MIGRATE_PAGE_ROWS", "how many rows such a page has at most; 0: what suits the revision", "0",
	 .privacy = SETTING_PLAIN},
	{"OWCTL_AUDIT_LOG", "file that gets a JSON line for every change", NULL, .privacy = SETTING_PLAIN},
	{0},
};

const struct setting *setting_find(const char *name)
{
	for (const struct setting *setting = known_settings; setting->name; setting++)
		if (!strcmp(setting->name, name))
			return setting;
	return NULL;
}

fallible setting_unknown(struct error *error, const char *name)
{
	const char *names[COUNT(known_settings)];
	size_t count = 0;
	for (const struct setting *setting = known_settings; setting->name; setting++)
		names[count++] = setting->name;
	AUTO(strings) struct strings near = {0};
	suggest(name, names, count, &near);
	if (!near.count)
		return error_hint(error, "owctl profile show --all lists the known settings");
	AUTO(memory) char *list = strings_join(&near, ", ");
	return error_hint(error, "did you mean %s?", list);
}
