/* The `owctl health` commands. */
#ifndef COMMANDS_HEALTH_HEALTH_H
#define COMMANDS_HEALTH_HEALTH_H

#include "telemetry/metrics.h"
#include "cli/context.h"
#include "commands/live.h"
#include "health/report/report.h"
#include "health/result.h"
#include "health/run.h"
#include "health/scene.h"

extern const struct command health_check_command, health_ready_command, health_watch_command, health_list_command,
	health_explain_command;

#define HEALTH_REPLICA_OPTION(type_name)                                                                       \
	{.name = "replica",                                                                                    \
	 OPTION_TEXTS(type_name, replicas),                                                                    \
	 .value_name = "PLACE",                                                                                \
	 .complete = complete_replica,                                                                         \
	 .help = "where replicas are, instead of OWCTL_REPLICAS: http://10.0.0.7:8080; all addresses of a name " \
		 "by dns:NAME:PORT, or dns:_http._tcp.NAME by its SRV records (over TLS: dns+https:NAME:PORT, "  \
		 "dns:_https._tcp.NAME); docker:NAME, compose:PROJECT/SERVICE, swarm:SERVICE, "                \
		 "kubernetes:NAMESPACE/SERVICE, consul:SERVICE"}

#define HEALTH_CHOICE_OPTIONS(type_name)                                                                       \
	{.name = "only",                                                                                       \
	 OPTION_TEXTS(type_name, only),                                                                        \
	 .value_name = "CHECK",                                                                                \
	 .help = "run this check alone: a code (OW202), a name, or a family (fleet)",                          \
	 .complete = health_complete_checks},                                                                  \
	{                                                                                                      \
		.name = "skip", OPTION_TEXTS(type_name, skip), .value_name = "CHECK",                          \
		.help = "leave this check out, whatever --only says", .complete = health_complete_checks       \
	}

#define HEALTH_DEADLINE_OPTION(type_name)                                                                      \
	{.name = "deadline",                                                                                   \
	 OPTION_DURATION(type_name, deadline),                                                                 \
	 .value_name = "TIME",                                                                                 \
	 .fallback = "15s",                                                                                    \
	 .smallest = 2,                                                                                        \
	 .help = "how long all of it may take, 2s at least: what has not answered by then is told as such; 1.5s of "  \
		 "it, or half of a short one, are kept for ending"}

#define HEALTH_REPORT_OPTION(type_name)                                                                        \
	{.name = "report",                                                                                     \
	 OPTION_TEXT(type_name, report),                                                                       \
	 .value_name = "FILE",                                                                                 \
	 .help = "also write all of it into FILE as a page for a browser, in one piece: the verdict, a picture, " \
		 "what to do; it also counts what the installation has grown by",                             \
	 .complete = complete_file}

/* Words that may be given one by one, or several with commas in between; to be cleaned up. */
struct strings health_split(const struct strings *words);

/* Before anything is asked: ERR_USAGE, or ERR_SETTINGS where there is no account for --deep. */
fallible health_check_deep(struct context *context, const struct health_options *options, bool waits) MUST_CHECK;

/* Whether what is printed is meant for a program: rows instead of text. */
bool health_wants_rows(const struct context *context);

/* Completes codes, names and families of checks. */
completer health_complete_checks;

/* A state, and text beside it that is wrapped; and what to do, below it. */
#define HEALTH_STATE_WIDTH 10
void health_add_entry(struct str *out, const char *state, const char *text, size_t width);
void health_add_remedy(struct str *out, const char *remedy, size_t width);

/* For -o json and its kin. */
extern const struct column health_columns[];
fallible health_print_rows(struct context *context, const struct results *results) MUST_CHECK;

/* What was found, for people: the verdict, troubles by family with what to do, what could not be looked at. */
void health_add_text(struct str *out, const struct scene *scene, const struct results *results, bool verbose,
		     size_t width);

/* One line for Nagios, Icinga and their kin, with performance data: the guidelines of monitoring-plugins.org. `verdict`
 * is what the run ends with; `unwritten`: what could not be written or sent besides, and why (NULL: nothing). */
void health_add_plugin_line(struct str *out, const struct scene *scene, const struct results *results,
			    enum verdict verdict, const char *unwritten);

/* What --deep measures at each place: by the offset in struct deep_place. Ends with a NULL name. */
struct health_time {
	const char *name, *metric, *help;
	size_t offset;
};
extern const struct health_time health_times[];

void health_add_metrics(struct metrics *metrics, const struct scene *scene, const struct results *results);
void health_add_junit(struct str *out, const struct results *results);

/* The page of --report; `installation` of it is filled in here. */
fallible health_write_report(const char *path, struct report report) MUST_CHECK;

/* The FILEs of options, where some are given, before anything is asked: ERR_USAGE for `-`, and for one that two name;
 * else what file_check_replace finds. Ends with a NULL option. */
struct health_file {
	const char *option, *path;
};
fallible health_check_files(const struct health_file *files) MUST_CHECK;

/* Tells what could not be written besides (NULL: nothing), and has the exit status say so: unless that says worse
 * already, as 1 would be taken for a warning. */
void health_tell_unwritten(struct context *context, struct error *unwritten);

/* "3 replicas of 0.12.4, PostgreSQL 15.8, Redis 7.0.15": what was looked at, without an end of line. */
void health_add_installation(struct str *out, const struct scene *scene);

#endif
