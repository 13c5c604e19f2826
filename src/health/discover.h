/* Finding the replicas: from a place that is named to the servers that are there, with what whoever runs them knows.
 *
 *     http://10.0.0.7:8080, https://..   one server
 *     dns:chat.internal:8080             one for each address of the name (A, AAAA); https: dns+https:..
 *     dns:_http._tcp.chat.internal       one for each target of its SRV records, at the port that these tell; over
 *                                        TLS with _https
 *     docker:NAME                        the container of that name; docker:label=KEY=VALUE: all with that label
 *     compose:PROJECT/SERVICE            the containers of a service of Compose
 *     swarm:SERVICE                      the tasks of a service of Docker Swarm
 *     kubernetes:NAMESPACE/SERVICE       the pods behind a service
 *     consul:SERVICE                     the instances of a service of Consul
 * In docker, compose, swarm and kubernetes :PORT may follow, where it is not what the container says (PORT, 8080).
 * Who knows of them is found as its own tools find it: DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH; the service
 * account of the pod, or KUBECONFIG; CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN.
 * Each kind is a row of discover.c and a file of health/discover/. */
#ifndef HEALTH_DISCOVER_H
#define HEALTH_DISCOVER_H

#include "base/str.h"
#include "health/replica.h"

/* ERR_SETTINGS, with a hint, for what is no place. Asks nobody. */
fallible discover_check(const char *place) MUST_CHECK;

/* What a place begins with, "docker:" and its kin. */
void discover_beginnings(struct strings *beginnings);

struct discover_options {
	int64_t timeout_ms, deadline_ms; /* as struct probe_options has them */
};

/* Adds the replicas of a place, in an order that stays the same. None is no error. ERR_UNREACHABLE, ERR_PERMISSION,
 * ERR_SETTINGS: who knows of them can't be asked, or not for all; those that were found till then are added. */
fallible discover(const char *place, const struct discover_options *options, struct replicas *replicas) MUST_CHECK;

#endif
