#include "settings/yaml.h"

#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

static void diag_cleanup(struct fy_diag **diag)
{
	if (*diag)
		fy_diag_destroy(*diag);
}

/* The first one is nearest to the cause; without any, the text was empty or all comments. */
static fallible first_error(const char *path, struct fy_diag *diag)
{
	void *state = NULL;
	const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &state);
	if (!error)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "%s:%d:%d: %s", path, error->line, error->column, error->msg),
			  "the file must be YAML");
}

/* What libfyaml stops at without a word. `---` in the first column divides documents, whatever stands around it. */
static fallible check_whole(const char *path, const char *text, size_t size)
{
	bool content = false;
	unsigned line = 1;
	for (size_t at = 0, end; at < size; at = end + 1, line++) {
		const char *newline = memchr(text + at, '\n', size - at);
		end = newline ? (size_t)(newline - text) : size;
		if (memchr(text + at, '\0', end - at))
			return error_hint(error_new(ERR_SETTINGS, "%s:%u: a NUL byte", path, line),
					  "the file must be YAML");
		if (!utf8_valid(text + at, end - at))
			return error_hint(error_new(ERR_SETTINGS, "%s:%u: not UTF-8", path, line),
					  "the file must be YAML, in UTF-8");
		bool divider = end - at >= 3 && !memcmp(text + at, "---", 3) &&
			       (end - at == 3 || strchr(" \t\r", text[at + 3]));
		if (divider && content)
			return error_hint(error_new(ERR_SETTINGS, "%s:%u: a second document begins", path, line),
					  "all profiles stand in one");
		content = content || divider || (end > at && !strchr("#%\r", text[at]));
	}
	return NULL;
}

static void print_nothing(UNUSED struct fy_diag *diag, UNUSED void *user, UNUSED const char *text,
			  UNUSED size_t size)
{
}

fallible yaml_parse(const char *path, const char *text, size_t size, struct yaml *yaml)
{
	TRY(check_whole(path, text, size));
	struct fy_diag_cfg quiet;
	fy_diag_cfg_default(&quiet);
	quiet.fp = NULL;
	quiet.output_fn = print_nothing;
	AUTO(diag) struct fy_diag *diag = fy_diag_create(&quiet);
	fy_diag_set_collect_errors(diag, true);
	struct fy_parse_cfg options = {.flags = FYPCF_QUIET, .diag = diag};
	struct fy_document *document = fy_document_build_from_string(&options, text, size);
	if (!document)
		TRY(first_error(path, diag));
	*yaml = (struct yaml){.path = path, .document = document};
	return NULL;
}

void yaml_cleanup(struct yaml *yaml)
{
	if (yaml->document)
		fy_document_destroy(yaml->document);
}

struct fy_node *yaml_root(const struct yaml *yaml)
{
	return yaml->document ? fy_document_root(yaml->document) : NULL;
}

struct yaml_place yaml_place(struct fy_node *node)
{
	while (node && !fy_node_is_scalar(node)) {
		struct fy_node_pair *pair = fy_node_mapping_get_by_index(node, 0);
		node = pair ? fy_node_pair_key(pair) : fy_node_sequence_get_by_index(node, 0);
	}
	struct fy_token *token = node ? fy_node_get_scalar_token(node) : NULL;
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
	const struct fy_mark *end = token ? fy_token_end_mark(token) : NULL;
	if (!mark || !end)
		return (struct yaml_place){0};
	return (struct yaml_place){(unsigned)mark->line + 1, (unsigned)mark->column + 1,
				   end->input_pos - mark->input_pos};
}

fallible yaml_wrong(const struct yaml *yaml, struct fy_node *node, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	AUTO(memory) char *message = text_format_v(format, args);
	va_end(args);
	struct yaml_place place = yaml_place(node);
	if (!place.line)
		place = yaml_place(yaml->key);
	if (!place.line)
		return error_new(ERR_SETTINGS, "%s: %s", yaml->path, message);
	return error_new(ERR_SETTINGS, "%s:%u:%u: %s", yaml->path, place.line, place.column, message);
}

static bool is_text(struct fy_node *node)
{
	return node && fy_node_is_scalar(node) && !fy_node_is_alias(node);
}

/* "key:" without anything behind it, or "~". */
static bool is_nothing(struct fy_node *node)
{
	if (!node)
		return true;
	if (!is_text(node) || (fy_node_get_style(node) != FYNS_PLAIN && fy_node_get_style(node) != FYNS_ANY))
		return false;
	size_t size = 0;
	const char *text = fy_node_get_scalar(node, &size);
	return size == 0 || (size == 1 && *text == '~') || (size == 4 && !memcmp(text, "null", 4));
}

fallible yaml_text(const struct yaml *yaml, struct fy_node *node, const char *what, char **text)
{
	if (node && fy_node_is_alias(node))
		return yaml_wrong(yaml, node, "%s is an alias; owctl takes none", what);
	if (!is_text(node) || is_nothing(node))
		return yaml_wrong(yaml, node, "%s must be a text", what);
	size_t size = 0;
	const char *scalar = fy_node_get_scalar(node, &size);
	if (memchr(scalar, '\0', size))
		return yaml_wrong(yaml, node, "%s holds a NUL", what);
	*text = text_copy_n(scalar, size);
	return NULL;
}

fallible yaml_mapping(struct yaml *yaml, struct fy_node *node, const char *what, yaml_each *each, void *state)
{
	if (is_nothing(node))
		return NULL;
	if (!fy_node_is_mapping(node))
		return yaml_wrong(yaml, node, "%s must be a mapping", what);
	void *position = NULL;
	for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(node, &position));) {
		AUTO(memory) char *key = NULL;
		TRY(yaml_text(yaml, fy_node_pair_key(pair), "a key", &key));
		yaml->key = fy_node_pair_key(pair);
		TRY(each(state, key, fy_node_pair_key(pair), fy_node_pair_value(pair)));
	}
	return NULL;
}
