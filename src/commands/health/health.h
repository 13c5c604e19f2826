/* The `owctl health` commands. */
#ifndef COMMANDS_HEALTH_HEALTH_H
#define COMMANDS_HEALTH_HEALTH_H

#include "backup/metrics.h"
#include "cli/context.h"
#include "health/result.h"
#include "health/scene.h"

extern const struct command health_check_command, health_list_command, health_explain_command;

/* Completes codes, names and families of checks. */
void health_complete_checks(const char *prefix, struct strings *words);

/* For -o json and its kin. */
extern const struct column health_columns[];
fallible health_print_rows(struct context *context, const struct results *results) MUST_CHECK;

/* What was found, for people: the verdict, troubles by family with what to do, what could not be looked at. */
void health_add_text(struct str *out, const struct scene *scene, const struct results *results, bool verbose,
		     size_t width);

/* One line for Nagios, Icinga and their kin, with performance data: the guidelines of monitoring-plugins.org. */
void health_add_plugin_line(struct str *out, const struct scene *scene, const struct results *results);

void health_add_metrics(struct metrics *metrics, const struct scene *scene, const struct results *results);
void health_add_junit(struct str *out, const struct results *results);

/* "3 replicas of 0.12.4, PostgreSQL 15.8, Redis 7.0.15": what was looked at, without an end of line. */
void health_add_installation(struct str *out, const struct scene *scene);

#endif
