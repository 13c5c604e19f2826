#include "cli/topics.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/describe.h"
#include "cli/screen.h"
#include "settings/settings.h"

struct fixed_row {
	const char *term, *text;
};

static void each_fixed(const struct fixed_row *rows, topic_row *row, void *data)
{
	for (; rows->term; rows++)
		row(rows->term, rows->text, data);
}

static void database_rows(topic_row *row, void *data)
{
	static const struct fixed_row rows[] = {
		{"sqlite:////srv/open-webui/webui.db",
		 "a SQLite file; with three slashes (sqlite:///webui.db) its path begins in the working folder"},
		{"postgresql://owui@db.example:5432/owui?sslmode=require",
		 "a PostgreSQL database, with the parameters of libpq; without a password in the URL libpq takes that "
		 "of $PGPASSWORD or ~/.pgpass"},
		{"/srv/open-webui/webui.db", "--database alone: the path of a SQLite file"},
		{"/srv/open-webui", "--database alone: a folder that holds webui.db, as DATA_DIR is one"},
		{"'host=db.example dbname=owui'", "--database alone: libpq's own form"},
		{NULL, NULL},
	};
	each_fixed(rows, row, data);
}

static void environment_rows(topic_row *row, void *data)
{
	for (const struct setting *setting = known_settings; setting->name; setting++) {
		AUTO(str) struct str text = {0};
		describe_setting(&text, setting);
		row(setting->name, str_text(&text), data);
	}
}

static void output_rows(topic_row *row, void *data)
{
	static const struct fixed_row rows[] = {
		{"table", "for people: columns below one another, a dash for what is not there; some columns only if "
			  "--columns names them"},
		{"json", "for programs: an array of objects, or one object where a command prints one thing; errors "
			 "are an object on standard error, too"},
		{"yaml", "the same values as json"},
		{"csv", "for spreadsheets: RFC 4180 with a line of headings; what is not there is an empty field, "
			"lists are joined by semicolons"},
		{NULL, NULL},
	};
	each_fixed(rows, row, data);
}

static void exit_rows(topic_row *row, void *data)
{
	for (const struct exit_status *status = exit_statuses; status->name; status++) {
		AUTO(memory) char *term = text_format("%3d  %-11s", status->code, status->name);
		row(term, status->meaning, data);
	}
}

static void schedule_rows(topic_row *row, void *data)
{
	static const struct fixed_row rows[] = {
		{"-q", "nothing is printed when all is well (`owctl help output`), so that cron mails only what "
		       "somebody has to see"},
		{"exit status", "69 and 75: the same may go well in some minutes; 2: the answer is no, and trying "
				"again does not change it; of `owctl health check` those of a monitoring plugin"},
		{"OWCTL_RUN_ID", "names the run, with letters, digits, -, _, . and :. Without it the run is named by "
				 "the invocation of a systemd service, or else by a UUID. The name is `run` in JSON "
				 "logs, in errors with -o json and in audit records, OWCTL_RUN_ID to what --before and "
				 "--after run, and said with -v"},
		{"OWCTL_OTLP_ENDPOINT", "where each command sends a trace with its phases, and metrics; without it "
					"they go to where Open WebUI sends its own (ENABLE_OTEL=true). The trace id is "
					"the run's name where that is a UUID. Nothing waits for it longer than 2s"},
		{"OWCTL_METRICS_DIR", "node_exporter's folder of text files: each command leaves one that tells when "
				      "it last ran, how it ended, and when it last went well"},
		{"Type=notify", "`systemctl status` shows what is being done, how far it is, and why it failed. "
				"Type=exec and oneshot do as well"},
		{"WatchdogSec=TIME", "systemd ends a run that does not get on: signs of life are given by bytes, rows "
				     "and objects that were read or written, and by nothing else. Leave time for the "
				     "longest statement of PostgreSQL (an index of a large table) and for --before and "
				     "--after"},
		{"the journal", "gets warnings and errors by their priority, as for `journalctl -p warning`; "
				"`journalctl _SYSTEMD_INVOCATION_ID=RUN` has all of a run"},
		{NULL, NULL},
	};
	each_fixed(rows, row, data);
}

const struct topic topics[] = {
	{"database", "the forms of --database and DATABASE_URL",
	 "--database, or else DATABASE_URL, says where the database of the installation is. Without either it is put "
	 "together from DATABASE_TYPE, DATABASE_USER, DATABASE_HOST and their kin, and without those it is webui.db in "
	 "DATA_DIR, or else in " SETTINGS_IMAGE_FOLDER ", if it is there: as Open WebUI does it in its image.",
	 database_rows},
	{"environment", "the settings that owctl reads",
	 "These are read from the environment, from --env-file, and from a profile, in this order; flags count before "
	 "all. `owctl profile show --origin` tells what is in force, and why.",
	 environment_rows},
	{"exit-status", "the exit statuses and what they mean",
	 "The number is the exit status of owctl; the word that goes with it is the \"code\" of an error with -o "
	 "json.\n\n"
	 "What goes wrong after a change was committed has its own status too, and the message says that the change "
	 "was made. If the connection is lost while committing, nobody knows whether it was: then `outcome` is "
	 "`unknown`, in the output and in the record of changes, where it is `made` otherwise.",
	 exit_rows},
	{"output", "how data and messages are printed",
	 "Data goes to standard output, in the form that -o asks for. Messages go to standard error; with --log-format "
	 "json each is an object on a line of its own: time, run (`owctl help schedules`), level and message. Times "
	 "are in UTC, as in 2026-11-24T10:49:41Z. In JSON and YAML the names are those of the columns, and they stay "
	 "the same from release to release; there is a JSON schema for each command, in share/doc/owctl/docs/schema "
	 "where owctl is installed and in docs/schema of its source.\n\n"
	 "With -q a command that changes something prints nothing when that went well, and a command that checks "
	 "something prints nothing when all is well; a list without rows has no headings. What was asked for is "
	 "printed all the same: lists, plans, what --dry-run would do, a password that was made, and the data of any "
	 "command with -o or --columns. What went wrong always is.",
	 output_rows},
	{"schedules", "what cron, systemd and pipelines see of a run",
	 "No state is kept between runs and no lock is needed around them: where two would be in each other's way, one "
	 "waits for --timeout and then ends with 75. There are a crontab and hardened units of systemd to begin with, "
	 "in share/doc/owctl/examples where owctl is installed and in examples of its source.",
	 schedule_rows},
	{NULL, NULL, NULL, NULL},
};

const struct topic *topic_find(const char *name)
{
	for (const struct topic *topic = topics; topic->name; topic++)
		if (!strcmp(topic->name, name))
			return topic;
	return NULL;
}

#define WIDEST_TERM 20

struct page {
	struct str *out;
	size_t widest, width;
};

static void measure(const char *term, const char *text UNUSED, void *data)
{
	struct page *page = data;
	size_t size = strlen(term);
	if (size > page->widest && size <= WIDEST_TERM)
		page->widest = size;
}

static void write_row(const char *term, const char *text, void *data)
{
	struct page *page = data;
	screen_entry(page->out, term, page->widest, text, page->width);
}

void topic_write(struct str *out, const struct topic *topic, size_t width)
{
	struct page page = {.out = out, .widest = 4, .width = width};
	screen_wrap(out, topic->text, 0, width);
	str_add(out, "\n\n");
	topic->rows(measure, &page);
	topic->rows(write_row, &page);
}
