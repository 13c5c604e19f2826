/* growth-probe: what health/look/growth.c sees of the database that the environment names. Reads one JSON object a line
 * from standard input, {"do":"look","now":N} with the time that it is taken to be, and answers with one. */
#include <unistd.h>

#include "base/clock.h"
#include "health/look/look.h"
#include "probe.h"

static struct settings *settings;

static void add(json_t *object, const char *key, int64_t number)
{
	json_object_set_new(object, key, json_integer(number));
}

static json_t *json_of(const struct growth_month *month)
{
	json_t *object = json_object();
	add(object, "accounts", month->accounts);
	add(object, "chats", month->chats);
	add(object, "files", month->files);
	add(object, "file_bytes", month->file_bytes);
	return object;
}

static void tell(const struct growth_sight *seen, json_t *answer)
{
	json_t *months = json_object();
	for (size_t i = 0; i < GROWTH_MONTHS; i++)
		json_object_set_new(months, seen->months[i].month, json_of(&seen->months[i]));
	json_object_set_new(answer, "months", months);
	add(answer, "accounts", seen->accounts);
	add(answer, "chats", seen->chats);
	add(answer, "database_bytes", seen->database_bytes);
	add(answer, "days", seen->days);
	add(answer, "active_accounts", seen->active_accounts);
	add(answer, "chat_bytes", seen->chat_bytes);
	add(answer, "file_bytes", seen->file_bytes);
}

static fallible see(struct look *look)
{
	TRY(growth_part.prepare(look));
	if (look->scene->growth.sight.absent)
		return error_new(ERR_SETTINGS, "there is nothing to look at");
	return growth_part.look(look);
}

static fallible do_look(const json_t *command, json_t *answer)
{
	struct scene scene = {.now = number_of(command, "now")};
	const struct health_options options = {.growth = true};
	struct look look = {.scene = &scene,
			    .settings = settings,
			    .options = &options,
			    .deadline_ms = clock_monotonic_ms() + 20000};
	struct error *error = see(&look);
	growth_part.release(&look);
	if (!error)
		tell(&scene.growth, answer);
	return error;
}

int main(void)
{
	static const struct probe_command commands[] = {{"look", do_look}, {NULL, NULL}};
	static const struct probe probe = {.commands = commands};
	const struct settings_request request = {.environment = environ};
	probe_begin();
	AUTO(error) struct error *error = settings_load(&request, &settings);
	int status = error ? (int)error->code : probe_run(&probe);
	settings_free(settings);
	return status;
}
