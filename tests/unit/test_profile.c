/* The file of profiles: what is read, what is refused and where, and how it is changed without losing anything. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "settings/profile_file.h"

#define CLEAN __attribute__((unused)) void **state

static char folder[64], path[128];

static int make_folder(CLEAN)
{
	strcpy(folder, "/tmp/owctl-test-profile-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/config.yaml", folder);
	return 0;
}

static int remove_folder(CLEAN)
{
	AUTO(memory) char *command = text_format("rm -r %s", folder);
	return system(command);
}

static void write_config(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	fchmod(fd, mode);
	close(fd);
}

static void assert_config(const char *expected)
{
	AUTO(str) struct str text = {0};
	assert_null(file_read(path, 65536, &text));
	assert_string_equal(str_text(&text), expected);
}

static fallible parse(const char *text, struct profile_file *file)
{
	return profile_file_parse("c.yaml", text, strlen(text), file);
}

/* ---- reading ---- */

static const char full[] = "# mine\n"
			   "default: prod\n"
			   "profiles:\n"
			   "  prod:\n"
			   "    env-file: /etc/chat.env\n"
			   "    settings:\n"
			   "      DATA_DIR: '/srv/a b'\n"
			   "      DATABASE_URL: {file: url}\n"
			   "      WEBUI_SECRET_KEY:\n"
			   "        env: CHAT_KEY\n"
			   "      DATABASE_PASSWORD: {command: [pass, show, chat/db]}\n"
			   "      REDIS_URL: {command: pass show chat/redis | head -1}\n"
			   "  empty:\n"
			   "  braces: {}\n";

static void everything_is_read(CLEAN)
{
	AUTO(profile_file) struct profile_file file = {0};
	assert_null(parse(full, &file));
	assert_string_equal(file.default_name, "prod");
	assert_int_equal(file.count, 3);
	const struct profile *prod = profile_find(&file, "prod");
	assert_ptr_equal(prod, &file.profiles[0]);
	assert_int_equal(prod->place.line, 4);
	assert_string_equal(prod->env_file, "/etc/chat.env");
	assert_int_equal(prod->count, 5);
	static const struct {
		const char *name, *text;
		enum value_holder holder;
	} expected[] = {
		{"DATA_DIR", "/srv/a b", HELD_HERE},
		{"DATABASE_URL", "url", HELD_IN_FILE},
		{"WEBUI_SECRET_KEY", "CHAT_KEY", HELD_IN_VARIABLE},
		{"DATABASE_PASSWORD", "pass|show|chat/db", HELD_BY_COMMAND},
		{"REDIS_URL", "/bin/sh|-c|pass show chat/redis | head -1", HELD_BY_COMMAND},
	};
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct profile_setting *setting = &prod->settings[i];
		AUTO(memory) char *words = strings_join(&setting->words, "|");
		assert_string_equal(setting->setting->name, expected[i].name);
		assert_int_equal(setting->holder, expected[i].holder);
		assert_string_equal(setting->text ? setting->text : words, expected[i].text);
	}
	assert_int_equal(profile_find(&file, "empty")->count, 0);
	assert_int_equal(profile_find(&file, "braces")->count, 0);
	assert_null(profile_find(&file, "none"));
}

static void nothing_is_an_empty_file(CLEAN)
{
	static const char *const texts[] = {"", "\n", "# only a comment\n", "profiles:\n", "profiles: {}\n", "---\n"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		AUTO(profile_file) struct profile_file file = {0};
		assert_null(parse(texts[i], &file));
		assert_int_equal(file.count, 0);
		assert_null(file.default_name);
	}
	AUTO(profile_file) struct profile_file missing = {0};
	assert_null(profile_file_read("/no/such/file", &missing));
	assert_int_equal(missing.count, 0);
}

#define SETTINGS(text) "profiles: {p: {settings: {" text "}}}"

static const struct {
	const char *text, *message, *hint;
} wrong[] = {
	{"profiles: [", "c.yaml:2:1: flow sequence without a closing bracket", "the file must be YAML"},
	{"a: 1\na: 2", "c.yaml:2:1: duplicate key", "the file must be YAML"},
	{"- a", "c.yaml:1:3: the file must be a mapping", NULL},
	{"defalt: a", "c.yaml:1:1: unknown key \"defalt\"", "known keys are: default, profiles"},
	{"default: [a]", "c.yaml:1:11: default must be a text", NULL},
	{"default:", "c.yaml:1:1: default must be a text", NULL},
	{"profiles: x", "c.yaml:1:11: profiles must be a mapping", NULL},
	{"profiles:\n  p: [a]", "c.yaml:2:7: p must be a mapping", NULL},
	{"profiles:\n  p:\n    envfile: x", "c.yaml:3:5: unknown key \"envfile\"",
	 "known keys are: env-file, settings"},
	{"profiles:\n  p:\n    settings:\n      DATA_DIRR: x", "c.yaml:4:7: unknown setting \"DATA_DIRR\"",
	 "did you mean DATA_DIR"},
	{SETTINGS("ZZZZZZZZZZZZ: x"), "c.yaml:1:27: unknown setting \"ZZZZZZZZZZZZ\"", "owctl profile show --all"},
	{SETTINGS("OWCTL_PROFILE: x"), "c.yaml:1:27: OWCTL_PROFILE has no effect in a profile", "in the environment"},
	{SETTINGS("DATA_DIR: "), "c.yaml:1:27: DATA_DIR must be a text", NULL},
	{SETTINGS("DATA_DIR: ~"), "c.yaml:1:37: DATA_DIR must be a text", NULL},
	{SETTINGS("DATA_DIR: [a]"), "c.yaml:1:38: DATA_DIR must be a text", NULL},
	{SETTINGS("DATA_DIR: {}"), "c.yaml:1:27: DATA_DIR has no source", NULL},
	{SETTINGS("DATABASE_URL: {postgresql://u:TopSecret@h/db}"),
	 "c.yaml:1:42: unknown key \"postgresql://u:***@h/db\"", "known keys are: file, env, command"},
	{SETTINGS("DATABASE_URL=postgresql://u:TopSecret@h/db: x"), "c.yaml:1:27: unknown setting \"***\"",
	 "profile show --all"},
	{SETTINGS("DATA_DIR: {fiel: a}"), "c.yaml:1:38: unknown key \"fiel\"", "known keys are: file, env, command"},
	{SETTINGS("DATA_DIR: {file: a, env: b}"), "c.yaml:1:47: DATA_DIR has two sources", NULL},
	{SETTINGS("DATA_DIR: {command: []}"), "c.yaml:1:38: command is empty", NULL},
	{SETTINGS("DATA_DIR: {command: [a, [b]]}"), "c.yaml:1:52: a word of command must be a text", NULL},
	{SETTINGS("DATA_DIR: &a x, WEBUI_URL: *a"), "c.yaml:1:55: WEBUI_URL is an alias; owctl takes none", NULL},
	{SETTINGS("DATA_DIR: \"a\\0b\""), "c.yaml:1:38: DATA_DIR holds a NUL", NULL},
	{"? [a]\n: b", "c.yaml:1:4: a key must be a text", NULL},
};

static void mistakes_have_a_place(CLEAN)
{
	for (size_t i = 0; i < COUNT(wrong); i++) {
		AUTO(profile_file) struct profile_file file = {0};
		AUTO(error) struct error *error = parse(wrong[i].text, &file);
		if (!error)
			fail_msg("taken: %s", wrong[i].text);
		assert_int_equal(error->code, ERR_SETTINGS);
		AUTO(memory) char *text = error_text(error);
		assert_string_equal(text, wrong[i].message);
		const char *hint = error_hint_text(error);
		if (wrong[i].hint)
			assert_non_null(strstr(hint ? hint : "", wrong[i].hint));
	}
}

static void secrets_need_a_private_file(CLEAN)
{
	static const struct {
		const char *text;
		mode_t mode;
		bool refused;
	} cases[] = {
		{SETTINGS("WEBUI_SECRET_KEY: x"), 0644, true},
		{SETTINGS("WEBUI_SECRET_KEY: x"), 0640, false},
		{SETTINGS("DATABASE_URL: postgresql://u:p@h"), 0604, true},
		{SETTINGS("DATABASE_URL: postgresql://u@h"), 0644, false},
		{SETTINGS("WEBUI_SECRET_KEY: {file: /x}"), 0644, false},
		{SETTINGS("DATA_DIR: /x"), 0644, false},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		write_config(cases[i].text, cases[i].mode);
		AUTO(profile_file) struct profile_file file = {0};
		AUTO(error) struct error *error = profile_file_read(path, &file);
		assert_int_equal(error != NULL, cases[i].refused);
		if (!error)
			continue;
		assert_int_equal(error->code, ERR_PERMISSION);
		assert_non_null(strstr(error_hint_text(error), "chmod o-r"));
	}
}

/* ---- where the file is ---- */

static void paths(CLEAN)
{
	static const struct {
		const char *environment[4], *path;
	} cases[] = {
		{{"OWCTL_CONFIG=/c.yaml", "HOME=/h"}, "/c.yaml"},
		{{"XDG_CONFIG_HOME=/x", "HOME=/h"}, "/x/owctl/config.yaml"},
		{{"XDG_CONFIG_HOME=rel", "HOME=/h"}, "/h/.config/owctl/config.yaml"},
		{{"XDG_CONFIG_HOME=", "HOME=/h"}, "/h/.config/owctl/config.yaml"},
		{{"A=b"}, "/etc/owctl/config.yaml"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(strings) struct strings environment = {0};
		for (size_t j = 0; cases[i].environment[j]; j++)
			strings_add(&environment, cases[i].environment[j]);
		AUTO(memory) char *found = profile_file_path(environment.items);
		assert_string_equal(found, cases[i].path);
	}
}

/* ---- changing ---- */

static fallible add_prod(bool dry_run)
{
	struct profile_setting settings[] = {
		{.setting = setting_find("DATA_DIR"), .text = text_copy("/a \"b\"\\\n")},
		{.setting = setting_find("WEBUI_SECRET_KEY"), .holder = HELD_IN_FILE, .text = text_copy("/k")},
		{.setting = setting_find("REDIS_URL"), .holder = HELD_IN_VARIABLE, .text = text_copy("MINE")},
		{.setting = setting_find("DATABASE_URL"), .holder = HELD_BY_COMMAND},
	};
	profile_shell_command(&settings[3].words, "echo 'x'");
	const struct profile profile = {
		.name = text_copy("prod"),
		.env_file = text_copy("/e.env"),
		.settings = settings,
		.count = COUNT(settings),
	};
	struct error *error = profile_add(path, &profile, dry_run);
	for (size_t i = 0; i < COUNT(settings); i++) {
		free(settings[i].text);
		strings_cleanup(&settings[i].words);
	}
	free(profile.name);
	free(profile.env_file);
	return error;
}

#define PROD(indent)                                           \
	indent "prod:\n"                                       \
	indent "  env-file: \"/e.env\"\n"                      \
	indent "  settings:\n"                                 \
	indent "    DATA_DIR: \"/a \\\"b\\\"\\\\\\x0a\"\n"      \
	indent "    WEBUI_SECRET_KEY: {file: \"/k\"}\n"        \
	indent "    REDIS_URL: {env: \"MINE\"}\n"              \
	indent "    DATABASE_URL: {command: \"echo 'x'\"}\n"

static const struct {
	const char *before, *after; /* `after` NULL: refused, nothing changed */
} additions[] = {
	{"", "profiles:\n" PROD("  ")},
	{"# mine\n", "# mine\nprofiles:\n" PROD("  ")},
	{"default: x", "default: x\nprofiles:\n" PROD("  ")},
	{"profiles:\n", "profiles:\n" PROD("  ")},
	{"profiles:\n  a: # one\n    settings: {DATA_DIR: /x}\n    # end of a\n",
	 "profiles:\n  a: # one\n    settings: {DATA_DIR: /x}\n    # end of a\n" PROD("  ")},
	{"profiles:\n    a:\n", "profiles:\n    a:\n" PROD("    ")},
	{"profiles:\n  a:", "profiles:\n  a:\n" PROD("  ")},
	{"profiles:\n  a:\n  # in a\n\n# about default\ndefault: a\n",
	 "profiles:\n  a:\n  # in a\n" PROD("  ") "\n# about default\ndefault: a\n"},
	{"profiles: {}\n", NULL},
	{"profiles: {a: }\n", NULL},
	{"{profiles: {a: }}\n", NULL},
	{"profiles:\n  a:\n...\n", NULL},
};

static void adding(CLEAN)
{
	for (size_t i = 0; i < COUNT(additions); i++) {
		write_config(additions[i].before, 0640);
		assert_null(additions[i].after ? add_prod(true) : NULL);
		assert_config(additions[i].before);
		AUTO(error) struct error *error = add_prod(false);
		if (!additions[i].after) {
			assert_int_equal(error->code, ERR_SETTINGS);
			assert_non_null(strstr(error->message, "is not one that owctl can change"));
		} else {
			assert_null(error);
		}
		assert_config(additions[i].after ? additions[i].after : additions[i].before);
		struct stat info;
		assert_int_equal(stat(path, &info), 0);
		assert_int_equal(info.st_mode & 0777, 0640);
	}
}

static void adding_again_is_refused(CLEAN)
{
	write_config("profiles:\n  prod:\n", 0600);
	AUTO(error) struct error *error = add_prod(false);
	assert_int_equal(error->code, ERR_INPUT);
	assert_non_null(strstr(error->message, "there is a profile \"prod\""));
}

static void a_new_file_is_private(CLEAN)
{
	char before[sizeof path];
	strcpy(before, path);
	snprintf(path, sizeof path, "%s/new/deep/config.yaml", folder);
	assert_null(add_prod(true));
	assert_false(file_exists(path));
	assert_null(add_prod(false));
	assert_config("profiles:\n" PROD("  "));
	struct stat info;
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	AUTO(memory) char *above = file_folder(path);
	assert_int_equal(stat(above, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	strcpy(path, before);
}

static void a_link_stays_one(CLEAN)
{
	char real[sizeof path + 8];
	snprintf(real, sizeof real, "%s.real", path);
	unlink(path);
	write_config("profiles:\n", 0600);
	assert_int_equal(rename(path, real), 0);
	assert_int_equal(symlink(real, path), 0);
	assert_null(add_prod(false));
	assert_config("profiles:\n" PROD("  "));
	struct stat info;
	assert_int_equal(lstat(path, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	unlink(path);
}

static const struct {
	const char *before, *name, *after;
} removals[] = {
	{"profiles:\n  a:\n    settings: {}\n  b:\n", "a", "profiles:\n  b:\n"},
	{"profiles:\n  a:\n  b:\n    settings: {}\n", "b", "profiles:\n  a:\n"},
	{"profiles:\n  a:\n    # inside\n\n  # about b\n  b:\n", "a", "profiles:\n\n  # about b\n  b:\n"},
	{"profiles:\n  a:\n", "a", "profiles:\n"},
	{"profiles:\n  a:\n# end\n", "a", "profiles:\n# end\n"},
	{"profiles:\n  a:\ndefault: b\n", "a", "profiles:\ndefault: b\n"},
	{"# x\ndefault: a # y\nprofiles:\n  a:\n  b:\n", "a", "# x\nprofiles:\n  b:\n"},
	{"profiles:\n  a:\n  b:\ndefault: a", "a", "profiles:\n  b:\n"},
	{"profiles: {a: , b: }\n", "a", NULL},
	{"profiles:\n  a:\n", "b", NULL},
};

static void removing(CLEAN)
{
	for (size_t i = 0; i < COUNT(removals); i++) {
		write_config(removals[i].before, 0600);
		AUTO(error) struct error *error = profile_remove(path, removals[i].name, false);
		assert_int_equal(error == NULL, removals[i].after != NULL);
		assert_config(removals[i].after ? removals[i].after : removals[i].before);
	}
}

static const struct {
	const char *before, *after;
} uses[] = {
	{"profiles:\n  a:\n", "default: a\nprofiles:\n  a:\n"},
	{"# head\n\n# about\nprofiles:\n  a:\n", "# head\n\ndefault: a\n# about\nprofiles:\n  a:\n"},
	{"default: b # was\nprofiles:\n  a:\n", "default: a # was\nprofiles:\n  a:\n"},
	{"profiles:\n  a:\ndefault:   \"b c\"\n", "profiles:\n  a:\ndefault:   \"a\"\n"},
	{"default: 'b'\nprofiles:\n  a:\n", "default: 'a'\nprofiles:\n  a:\n"},
	{"default: a\nprofiles: {a: }\n", "default: a\nprofiles: {a: }\n"},
	{"default: b\nprofiles: {a: }\n", "default: a\nprofiles: {a: }\n"},
	{"default: >\n  b\nprofiles:\n  a:\n", NULL},
	{"profiles:\n  c:\n", NULL},
};

static void using(CLEAN)
{
	for (size_t i = 0; i < COUNT(uses); i++) {
		write_config(uses[i].before, 0600);
		AUTO(error) struct error *error = profile_use(path, "a", false);
		if ((error == NULL) != (uses[i].after != NULL))
			fail_msg("%zu", i);
		assert_config(uses[i].after ? uses[i].after : uses[i].before);
	}
}

static void one_change_at_a_time(CLEAN)
{
	write_config("profiles:\n  a:\n", 0600);
	int fd = open(folder, O_RDONLY | O_DIRECTORY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	AUTO(error) struct error *error = profile_use(path, "a", false);
	assert_int_equal(error->code, ERR_BUSY);
	close(fd);
	assert_null(profile_use(path, "a", false));
}

static void a_folder_without_rights(CLEAN)
{
	if (!geteuid()) /* root may do everything; a folder that is a file stops it all the same */
		write_config("x", 0600);
	char inside[sizeof path + 8];
	snprintf(inside, sizeof inside, "%s/x", path);
	AUTO(error) struct error *error = file_replace(inside, "a", 1);
	assert_non_null(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_read),
		cmocka_unit_test(nothing_is_an_empty_file),
		cmocka_unit_test(mistakes_have_a_place),
		cmocka_unit_test(secrets_need_a_private_file),
		cmocka_unit_test(paths),
		cmocka_unit_test(adding),
		cmocka_unit_test(adding_again_is_refused),
		cmocka_unit_test(a_new_file_is_private),
		cmocka_unit_test(a_link_stays_one),
		cmocka_unit_test(removing),
		cmocka_unit_test(using),
		cmocka_unit_test(one_change_at_a_time),
		cmocka_unit_test(a_folder_without_rights),
	};
	return cmocka_run_group_tests_name("profile", tests, make_folder, remove_folder);
}
