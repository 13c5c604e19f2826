/* age-probe: the age format by hand, from standard input to standard output.
 *   encrypt RECIPIENTS PIECE   for those in the file RECIPIENTS, written in pieces of PIECE bytes
 *   decrypt IDENTITIES PIECE   with those in the file IDENTITIES, fed in pieces of PIECE bytes
 *   chunks IDENTITIES FILE     all chunks of FILE, each opened by itself, the last one first; standard output gets them
 *                              in their order
 *   keygen                     a new identity
 *   recipient IDENTITIES       the recipient of each, one a line
 * The exit status is that of the error. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "crypto/age.h"

static fallible put(void *state, const char *bytes, size_t size)
{
	return fwrite(bytes, 1, size, state) == size ? NULL : error_new(ERR_FAILED, "standard output takes no more");
}

static fallible read_file(const char *path, struct str *text)
{
	char block[65536];
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!file)
		return error_new(ERR_FAILED, "%s can't be opened", path);
	for (size_t size; (size = fread(block, 1, sizeof block, file));)
		str_add_n(text, block, size);
	if (file != stdin)
		fclose(file);
	return NULL;
}

static fallible read_identities(const char *path, struct age_identities *identities)
{
	AUTO(str) struct str text = {0};
	TRY(read_file(path, &text));
	struct error *error = age_identities_add(identities, str_text(&text));
	mem_wipe(text.data, text.size);
	return error_wrap(error, "%s", path);
}

/* Hands standard input on in pieces. */
static fallible each_piece(const char *piece, fallible (*take)(void *state, const char *bytes, size_t size),
			   void *state)
{
	size_t room = strtoul(piece, NULL, 10);
	AUTO(memory) char *block = mem_new(room, 1);
	for (size_t size; (size = fread(block, 1, room, stdin));)
		TRY(take(state, block, size));
	return NULL;
}

static fallible write_piece(void *writer, const char *bytes, size_t size)
{
	return age_write(writer, bytes, size);
}

static fallible encrypt(char **words)
{
	AUTO(str) struct str text = {0};
	AUTO(age_recipients) struct age_recipients recipients = {0};
	TRY(read_file(words[0], &text));
	TRY(error_wrap(age_recipients_add(&recipients, str_text(&text)), "%s", words[0]));
	struct sink sink = {put, stdout};
	AUTO(age_writer) struct age_writer *writer = NULL;
	TRY(age_writer_open(&recipients, &sink, &writer));
	TRY(each_piece(words[1], write_piece, writer));
	return age_writer_end(writer);
}

static fallible feed_piece(void *reader, const char *bytes, size_t size)
{
	return age_feed(reader, bytes, size);
}

static fallible decrypt(char **words)
{
	AUTO(age_identities) struct age_identities identities = {0};
	TRY(read_identities(words[0], &identities));
	struct sink sink = {put, stdout};
	AUTO(age_reader) struct age_reader *reader = age_reader_new(&identities, &sink);
	TRY(each_piece(words[1], feed_piece, reader));
	return age_feed_end(reader);
}

static fallible chunks(char **words)
{
	AUTO(age_identities) struct age_identities identities = {0};
	AUTO(str) struct str file = {0};
	AUTO(age_opener) struct age_opener opener = {0};
	TRY(read_identities(words[0], &identities));
	TRY(read_file(words[1], &file));
	TRY(age_opener_begin(&identities, str_text(&file), file.size < 65536 ? file.size : 65536, &opener));
	const uint64_t sealed = AGE_CHUNK_SIZE + AGE_TAG_SIZE, rest = file.size - opener.payload;
	const uint64_t count = (rest + sealed - 1) / sealed, plain = rest - count * AGE_TAG_SIZE;
	AUTO(memory) char *text = mem_new(plain, 1);
	for (uint64_t number = count; number--;) {
		uint64_t place = age_chunk_place(&opener, number * AGE_CHUNK_SIZE);
		uint64_t size = file.size - place < sealed ? file.size - place : sealed;
		TRY(age_open_chunk(&opener, number, number + 1 == count, file.data + place, size,
				   text + number * AGE_CHUNK_SIZE));
	}
	return put(stdout, text, plain);
}

static fallible keygen(char **words)
{
	(void)words;
	unsigned char recipient[AGE_KEY_SIZE];
	AUTO(secret) char *identity = NULL;
	age_new_identity(&identity, recipient);
	puts(identity);
	return NULL;
}

static fallible recipient(char **words)
{
	AUTO(age_identities) struct age_identities identities = {0};
	TRY(read_identities(words[0], &identities));
	for (size_t i = 0; i < identities.count; i++) {
		unsigned char key[AGE_KEY_SIZE];
		age_recipient_of(identities.keys[i], key);
		AUTO(memory) char *text = age_recipient_text(key);
		puts(text);
	}
	return NULL;
}

static const struct {
	const char *name;
	int words;
	fallible (*run)(char **words);
} verbs[] = {{"encrypt", 2, encrypt}, {"decrypt", 2, decrypt}, {"chunks", 2, chunks}, {"keygen", 0, keygen},
	     {"recipient", 1, recipient}};

int main(int count, char **words)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (count != verbs[i].words + 2 || strcmp(words[1], verbs[i].name) != 0)
			continue;
		AUTO(error) struct error *error = verbs[i].run(words + 2);
		if (!error)
			return fflush(stdout) ? ERR_FAILED : 0;
		AUTO(memory) char *text = error_text(error);
		fprintf(stderr, "%s\n", text);
		return (int)error->code;
	}
	return ERR_USAGE;
}
