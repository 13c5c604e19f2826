#include "health/discover/docker_api.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/orchestrated.h"
#include "net/redis_target.h"

#define SOCKET "/var/run/docker.sock"

void docker_cleanup(struct docker *docker)
{
	api_cleanup(&docker->api);
	free(docker->host);
}

static void use_certificates(struct api *api)
{
	const char *folder = api_variable("DOCKER_CERT_PATH"), *home = api_variable("HOME");
	AUTO(memory) char *own = folder ? text_copy(folder) : text_format("%s/.docker", home ? home : "");
	api->ca_file = text_format("%s/ca.pem", own);
	api->certificate_file = text_format("%s/cert.pem", own);
	api->key_file = text_format("%s/key.pem", own);
}

fallible docker_find(struct docker *docker)
{
	const char *host = api_variable("DOCKER_HOST");
	struct api *api = &docker->api;
	api->what = "the Docker Engine";
	api->hint = "check DOCKER_HOST, DOCKER_CERT_PATH, and that this user may use its socket (group docker)";
	if (!host || text_starts(host, "unix://")) {
		api->base = text_copy("http://docker");
		api->socket = text_copy(host ? host + strlen("unix://") : SOCKET);
		docker->host = text_copy("127.0.0.1");
		return NULL;
	}
	if (!text_starts(host, "tcp://"))
		return error_hint(error_new(ERR_SETTINGS, "DOCKER_HOST is neither unix:// nor tcp://"),
				  "ssh:// is not supported: have ssh forward the socket (ssh -L)");
	const char *authority = host + strlen("tcp://");
	const char *colon = strrchr(authority, ':');
	bool tls = api_variable("DOCKER_TLS_VERIFY") || api_variable("DOCKER_CERT_PATH");
	api->base = text_format("%s://%s", tls ? "https" : "http", authority);
	docker->host = text_copy_n(authority, colon ? (size_t)(colon - authority) : strlen(authority));
	if (tls)
		use_certificates(api);
	return NULL;
}

void docker_read_environment(const json_t *lines, struct orchestrated *own)
{
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));
		if (line && strchr(line, '='))
			strings_add(&own->environment, line);
	}
}

int64_t docker_port(const struct orchestrated *own)
{
	int64_t port;
	const char *text = orchestrated_setting(own, "PORT");
	return text && redis_port_parse(text, &port) ? port : WEBUI_DEFAULT_PORT;
}
