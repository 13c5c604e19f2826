/* The Docker Engine, found as its own tools find it: DOCKER_HOST (unix://, tcp://), DOCKER_TLS_VERIFY,
 * DOCKER_CERT_PATH; else /var/run/docker.sock. https://docs.docker.com/reference/api/engine/ */
#ifndef HEALTH_DISCOVER_DOCKER_API_H
#define HEALTH_DISCOVER_DOCKER_API_H

#include "health/discover/api.h"

struct docker {
	struct api api;
	char *host; /* where published ports are to be reached */
};
void docker_cleanup(struct docker *docker);
fallible docker_find(struct docker *docker) MUST_CHECK;

/* "NAME=value" each, as containers and services have them. */
void docker_read_environment(const json_t *lines, struct orchestrated *own);

/* PORT of the environment; WEBUI_DEFAULT_PORT where there is none. */
int64_t docker_port(const struct orchestrated *own);

#endif
