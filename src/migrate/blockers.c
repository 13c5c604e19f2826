#include "migrate/blockers.h"

#include <stdlib.h>

#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/own.h"
#include "migrate/text_keys.h"

#define MOST_SHOWN 20

void blockers_cleanup(struct blockers *blockers)
{
	for (size_t i = 0; i < blockers->count; i++) {
		free(blockers->items[i].what);
		free(blockers->items[i].remedy);
	}
	free(blockers->items);
	*blockers = (struct blockers){0};
}

void blockers_add(struct blockers *blockers, const char *remedy, const char *format, ...)
{
	if (blockers->count == blockers->room) {
		blockers->room = blockers->room ? 2 * blockers->room : 8;
		blockers->items = mem_resize(blockers->items, blockers->room, sizeof *blockers->items);
	}
	va_list args;
	va_start(args, format);
	blockers->items[blockers->count++] = (struct blocker){
		.revision = blockers->revision, .what = text_format_v(format, args), .remedy = text_copy(remedy)};
	va_end(args);
}

fallible blockers_find(struct installation *installation, const struct revision *from, const struct revision *to,
		       struct blockers *blockers)
{
	blockers->installation = installation;
	for (int ordinal = from->ordinal + 1; ordinal <= to->ordinal; ordinal++) {
		const struct chain_code *code = chain_step(revision_at(ordinal))->code;
		blockers->revision = revision_at(ordinal);
		if (code && code->find_blockers)
			TRY(code->find_blockers(blockers));
	}
	TRY(text_keys_find_blockers(blockers, from, to));
	if (from->ordinal < to->ordinal)
		TRY(own_find_heirs(blockers, from));
	return own_find_blockers(blockers, from, to);
}

char *blockers_remedies(const struct blockers *blockers)
{
	AUTO(strings) struct strings remedies = {0};
	for (size_t i = 0; i < blockers->count; i++)
		if (!strings_have(&remedies, blockers->items[i].remedy))
			strings_add(&remedies, blockers->items[i].remedy);
	return strings_join(&remedies, "; ");
}

fallible blockers_error(const struct blockers *blockers)
{
	if (!blockers->count)
		return NULL;
	AUTO(str) struct str list = {0};
	AUTO(memory) char *remedies = blockers_remedies(blockers);
	for (size_t i = 0; i < blockers->count && i < MOST_SHOWN; i++)
		str_add_format(&list, "%s%s", i ? "; " : "", blockers->items[i].what);
	if (blockers->count > MOST_SHOWN)
		str_add_format(&list, "; and %zu more", blockers->count - MOST_SHOWN);
	return error_hint(error_new(ERR_FAILED, "revision %s can't be applied, nothing was changed: %s",
				    blockers->items[0].revision->id, str_text(&list)),
			  "%s", remedies);
}
