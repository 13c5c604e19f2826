/* The page of `owctl health check|ready --report`: one HTML file for people who don't use a terminal. It has no script
 * and asks for nothing from anywhere, and says so itself by a Content-Security-Policy. What the scene and the results
 * hold is all that gets into it; of replicas' environments nothing does, as secrets may be among them. The same input
 * gives the same bytes. */
#ifndef HEALTH_REPORT_REPORT_H
#define HEALTH_REPORT_REPORT_H

#include "health/capacity/capacity.h"
#include "health/ready/ready.h"
#include "health/result.h"
#include "health/scene.h"

struct report {
	const struct scene *scene;
	const struct results *results;
	const struct readinesses *readinesses; /* the page is that of `health ready`; NULL: of `health check` */
	const struct capacity *capacity; /* beside these, with --users; NULL: it was not asked for */
	const char *installation; /* what was looked at: "3 replicas, Open WebUI 0.12.4, PostgreSQL 15.8" */
};

void report_add(struct str *out, const struct report *report);

#endif
