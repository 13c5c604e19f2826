/* age files written and read again: sizes around chunks, pieces of any size, damage of any kind, single chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "age_kit.h"

#define CHUNK ((size_t)AGE_CHUNK_SIZE)

static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 3 * 65536};

/* Three pairs; a file is for some of them. */
static struct age_identities identities[3];
static struct age_recipients recipients[3], all;

static int make_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(identities); i++) {
		unsigned char recipient[AGE_KEY_SIZE];
		AUTO(secret) char *identity = NULL;
		age_new_identity(&identity, recipient);
		AUTO(memory) char *text = age_recipient_text(recipient);
		assert_null(age_identities_add(&identities[i], identity));
		assert_null(age_recipients_add(&recipients[i], text));
		assert_null(age_recipients_add(&all, text));
	}
	return 0;
}

static int forget_pairs(void **state)
{
	(void)state;
	age_recipients_cleanup(&all);
	for (size_t i = 0; i < COUNT(identities); i++) {
		age_identities_cleanup(&identities[i]);
		age_recipients_cleanup(&recipients[i]);
	}
	return 0;
}

static char *some_text(size_t size)
{
	char *text = mem_new(size + 1, 1);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(i * 131 + i / 251);
	return text;
}

static fallible write_pieces(struct age_writer *writer, const char *plain, size_t size, size_t piece)
{
	for (size_t at = 0; at < size; at += piece)
		TRY(age_write(writer, plain + at, size - at < piece ? size - at : piece));
	return age_writer_end(writer);
}

static void write_file(const struct age_recipients *whom, const char *plain, size_t size, size_t piece,
		       struct str *file)
{
	struct sink sink = {kit_keep, file};
	AUTO(age_writer) struct age_writer *writer = NULL;
	assert_null(age_writer_open(whom, &sink, &writer));
	assert_null(write_pieces(writer, plain, size, piece));
}

static void assert_round_trip(size_t size, size_t written, size_t read)
{
	AUTO(memory) char *plain = some_text(size);
	AUTO(str) struct str file = {0};
	AUTO(str) struct str again = {0};
	write_file(&all, plain, size, written, &file);
	assert_int_equal(file.size, age_size(all.count, size));
	assert_null(kit_read(&identities[1], file.data, file.size, read, &again));
	assert_int_equal(again.size, size);
	assert_memory_equal(str_text(&again), plain, size);
}

static void test_round_trips(void **state)
{
	(void)state;
	static const size_t pieces[] = {1000, 16384, 65535, 65536, 65537, 65552, 65553, 1 << 20};
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t written = 0; written < COUNT(pieces); written++)
			for (size_t read = 0; read < COUNT(pieces); read++)
				assert_round_trip(sizes[i], pieces[written], pieces[read]);
	assert_round_trip(200, 1, 1);
	assert_round_trip(65537, 1, 1);
	assert_round_trip(40 * CHUNK + 17, 1 << 30, 1 << 30);
	assert_round_trip(40 * CHUNK + 17, 12345, 54321);
}

static void test_pieces_of_changing_sizes(void **state)
{
	(void)state;
	const size_t size = 20 * CHUNK + 5;
	AUTO(memory) char *plain = some_text(size);
	AUTO(str) struct str file = {0};
	AUTO(str) struct str again = {0};
	struct sink out = {kit_keep, &file}, in = {kit_keep, &again};
	AUTO(age_writer) struct age_writer *writer = NULL;
	assert_null(age_writer_open(&all, &out, &writer));
	for (size_t at = 0, piece = 0; at < size; at += piece) {
		piece = (at * 7919 + 1) % (3 * CHUNK) + 1;
		piece = piece < size - at ? piece : size - at;
		assert_null(age_write(writer, plain + at, piece));
		assert_null(age_write(writer, NULL, 0));
	}
	assert_null(age_writer_end(writer));
	AUTO(age_reader) struct age_reader *reader = age_reader_new(&identities[0], &in);
	for (size_t at = 0, piece = 0; at < file.size; at += piece) {
		piece = (at * 104729 + 1) % (3 * CHUNK) + 1;
		piece = piece < file.size - at ? piece : file.size - at;
		assert_null(age_feed(reader, file.data + at, piece));
		assert_null(age_feed(reader, NULL, 0));
	}
	assert_null(age_feed_end(reader));
	assert_int_equal(again.size, size);
	assert_memory_equal(again.data, plain, size);
}

static void test_nothing_is_the_same_twice(void **state)
{
	(void)state;
	AUTO(str) struct str first = {0};
	AUTO(str) struct str second = {0};
	write_file(&all, "the same", 8, 8, &first);
	write_file(&all, "the same", 8, 8, &second);
	assert_int_equal(first.size, second.size);
	/* Behind the version, each stanza's first line, the MAC, the nonce and the chunk. */
	for (size_t i = 0; i < all.count; i++) {
		size_t share = 22 + i * 98 + 10, body = share + 44;
		assert_memory_not_equal(first.data + share, second.data + share, 43);
		assert_memory_not_equal(first.data + body, second.data + body, 43);
	}
	size_t nonce = 22 + all.count * 98 + 48;
	assert_memory_not_equal(first.data + nonce - 44, second.data + nonce - 44, 43);
	assert_memory_not_equal(first.data + nonce, second.data + nonce, 16);
	assert_memory_not_equal(first.data + nonce + 16, second.data + nonce + 16, 8);
}

/* ---- for whom ---- */

static void assert_not_for(const struct age_identities *whom, const struct str *file)
{
	AUTO(str) struct str plain = {0};
	AUTO(error) struct error *error = kit_read(whom, file->data, file->size, 100, &plain);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_PERMISSION);
	assert_non_null(strstr(error_hint_text(error), "AGE-SECRET-KEY-1.."));
	assert_int_equal(plain.size, 0);
}

static void test_each_recipient_reads_it_and_nobody_else(void **state)
{
	(void)state;
	AUTO(str) struct str for_all = {0};
	AUTO(str) struct str for_one = {0};
	write_file(&all, "hello", 5, 5, &for_all);
	write_file(&recipients[1], "hello", 5, 5, &for_one);
	for (size_t i = 0; i < COUNT(identities); i++) {
		AUTO(str) struct str plain = {0};
		assert_null(kit_read(&identities[i], for_all.data, for_all.size, 7, &plain));
		assert_string_equal(str_text(&plain), "hello");
	}
	assert_not_for(&identities[0], &for_one);
	assert_not_for(&identities[2], &for_one);
	assert_not_for(&(struct age_identities){0}, &for_one);
}

static void test_any_of_several_identities(void **state)
{
	(void)state;
	unsigned char keys[2][AGE_KEY_SIZE];
	memcpy(keys[0], identities[0].keys[0], AGE_KEY_SIZE);
	memcpy(keys[1], identities[1].keys[0], AGE_KEY_SIZE);
	struct age_identities two = {keys, 2};
	AUTO(str) struct str file = {0};
	AUTO(str) struct str plain = {0};
	write_file(&recipients[1], "hello", 5, 5, &file);
	assert_null(kit_read(&two, file.data, file.size, 7, &plain));
	assert_string_equal(str_text(&plain), "hello");
}

static void test_a_file_for_nobody_is_refused(void **state)
{
	(void)state;
	AUTO(str) struct str file = {0};
	struct sink sink = {kit_keep, &file};
	struct age_recipients none = {0};
	struct age_writer *writer = NULL;
	AUTO(error) struct error *error = age_writer_open(&none, &sink, &writer);
	assert_int_equal(error->code, ERR_INPUT);
	assert_null(writer);
	assert_int_equal(file.size, 0);
}

static void test_a_file_for_everybody_is_refused(void **state)
{
	(void)state;
	AUTO(str) struct str file = {0};
	struct sink sink = {kit_keep, &file};
	unsigned char zeroes[1][AGE_KEY_SIZE] = {0};
	struct age_recipients everybody = {zeroes, 1};
	struct age_writer *writer = NULL;
	AUTO(error) struct error *error = age_writer_open(&everybody, &sink, &writer);
	assert_int_equal(error->code, ERR_INPUT);
	assert_int_equal(file.size, 0);
}

static void test_many_recipients(void **state)
{
	(void)state;
	AUTO(memory) unsigned char *keys = mem_new(20000, AGE_KEY_SIZE);
	for (size_t i = 0; i < 20000; i++)
		memcpy(keys + i * AGE_KEY_SIZE, recipients[i == 299 ? 2 : 0].keys[0], AGE_KEY_SIZE);
	struct age_recipients many = {(unsigned char(*)[AGE_KEY_SIZE])keys, 300};
	AUTO(str) struct str file = {0};
	write_file(&many, "hello", 5, 5, &file);
	AUTO(age_opener) struct age_opener opener = {0};
	assert_null(age_opener_begin(&identities[2], file.data, file.size < 65536 ? file.size : 65536, &opener));
	struct sink sink = {kit_keep, &file};
	struct age_writer *writer = NULL;
	many.count = 20000;
	AUTO(error) struct error *error = age_writer_open(&many, &sink, &writer);
	assert_int_equal(error->code, ERR_INPUT);
	assert_non_null(strstr(error->message, "too many"));
}

/* ---- damage ---- */

static void assert_reported(const char *bytes, size_t size, const char *plain, const char *how, size_t at)
{
	AUTO(str) struct str found = {0};
	AUTO(error) struct error *error = kit_read(&identities[1], bytes, size, 1 << 30, &found);
	if (!error || (error->code != ERR_INPUT && error->code != ERR_PERMISSION))
		fail_msg("%s at %zu: not reported", how, at);
	assert_memory_equal(str_text(&found), plain, found.size);
}

static void test_every_byte_flipped_or_cut_is_reported(void **state)
{
	(void)state;
	static const char plain[] = "a small file";
	AUTO(str) struct str file = {0};
	write_file(&all, plain, sizeof plain, 100, &file);
	for (size_t at = 0; at < file.size; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			file.data[at] = (char)(file.data[at] ^ 1 << bit);
			assert_reported(file.data, file.size, plain, "a flipped bit", at);
			file.data[at] = (char)(file.data[at] ^ 1 << bit);
		}
		assert_reported(file.data, at, plain, "cut", at);
		AUTO(str) struct str without = {0};
		str_add_n(&without, file.data, at);
		str_add_n(&without, file.data + at + 1, file.size - at - 1);
		assert_reported(without.data, without.size, plain, "a byte missing", at);
	}
	str_add_char(&file, '\n');
	assert_reported(file.data, file.size, plain, "a byte more", file.size);
}

static void test_damage_in_chunks_is_reported(void **state)
{
	(void)state;
	const size_t size = 3 * CHUNK + 100, header = 22 + 3 * 98 + 48 + 16, sealed = CHUNK + 16;
	AUTO(memory) char *plain = some_text(size);
	AUTO(str) struct str file = {0};
	write_file(&all, plain, size, 1 << 30, &file);
	for (size_t at = header; at < file.size; at += 4093) {
		file.data[at] ^= 4;
		assert_reported(file.data, file.size, plain, "a flipped bit", at);
		file.data[at] ^= 4;
		assert_reported(file.data, at, plain, "cut", at);
	}
	for (size_t chunk = 0; chunk < 4; chunk++)
		for (size_t off = chunk ? 0 : 1; off < 3; off++)
			assert_reported(file.data, header + chunk * sealed + off - 1, plain, "cut", chunk);
	AUTO(memory) char *swapped = text_copy_n(file.data, file.size);
	memcpy(swapped + header, file.data + header + sealed, sealed);
	memcpy(swapped + header + sealed, file.data + header, sealed);
	assert_reported(swapped, file.size, plain, "chunks swapped", 0);
	memcpy(swapped + header, file.data + header, sealed);
	assert_reported(swapped, file.size, plain, "a chunk twice", 1);
	AUTO(str) struct str without = {0};
	str_add_n(&without, file.data, header + sealed);
	str_add_n(&without, file.data + header + 2 * sealed, file.size - header - 2 * sealed);
	assert_reported(without.data, without.size, plain, "a chunk missing", 1);
}

static void test_a_chunk_of_another_file_is_reported(void **state)
{
	(void)state;
	AUTO(str) struct str first = {0};
	AUTO(str) struct str second = {0};
	write_file(&all, "the same", 8, 8, &first);
	write_file(&all, "the same", 8, 8, &second);
	memcpy(first.data + first.size - 24, second.data + second.size - 24, 24);
	assert_reported(first.data, first.size, "the same", "another file's chunk", 0);
}

/* A file key of its own is in each header, so that one doesn't open another's payload. */
static void test_a_payload_of_another_file_is_reported(void **state)
{
	(void)state;
	AUTO(str) struct str first = {0};
	AUTO(str) struct str second = {0};
	write_file(&all, "the same", 8, 8, &first);
	write_file(&all, "the same", 8, 8, &second);
	size_t payload = 16 + 8 + 16;
	memcpy(first.data + first.size - payload, second.data + second.size - payload, payload);
	assert_reported(first.data, first.size, "the same", "another file's payload", 0);
}

static void test_after_an_error_nothing_is_right(void **state)
{
	(void)state;
	AUTO(str) struct str file = {0};
	AUTO(str) struct str found = {0};
	write_file(&all, "hello", 5, 5, &file);
	struct sink sink = {kit_keep, &found};
	AUTO(age_reader) struct age_reader *reader = age_reader_new(&identities[0], &sink);
	error_free(age_feed(reader, "no age file", 11));
	AUTO(error) struct error *fed = age_feed(reader, file.data, file.size);
	AUTO(error) struct error *ended = age_feed_end(reader);
	assert_non_null(fed);
	assert_non_null(ended);
	assert_int_equal(found.size, 0);
}

/* ---- sinks ---- */

struct counting {
	size_t left; /* takes so many pieces before it fails */
	size_t pieces, largest;
};

static fallible count(void *state, const char *bytes, size_t size)
{
	(void)bytes;
	struct counting *counting = state;
	if (!counting->left--)
		return error_new(ERR_UNREACHABLE, "no more is taken");
	counting->pieces++;
	counting->largest = size > counting->largest ? size : counting->largest;
	assert_true(size > 0);
	return NULL;
}

static void test_sinks_are_given_large_pieces(void **state)
{
	(void)state;
	const size_t size = 64 * CHUNK;
	AUTO(memory) char *plain = some_text(size);
	AUTO(str) struct str file = {0};
	struct counting written = {.left = 1000}, read = {.left = 1000};
	struct sink out = {count, &written}, in = {count, &read};
	AUTO(age_writer) struct age_writer *writer = NULL;
	assert_null(age_writer_open(&all, &out, &writer));
	assert_int_equal(written.pieces, 1); /* the header, at once */
	assert_null(write_pieces(writer, plain, size, 3000));
	assert_true(written.pieces <= 2 + 64 / 4 && written.largest >= 4 * CHUNK);
	write_file(&all, plain, size, size, &file);
	AUTO(age_reader) struct age_reader *reader = age_reader_new(&identities[0], &in);
	assert_null(kit_feed(reader, file.data, file.size, 1 << 20));
	assert_true(read.pieces <= 3 * 64 / 8 && read.largest >= 4 * CHUNK);
}

static void test_errors_of_a_sink_come_through(void **state)
{
	(void)state;
	const size_t size = 64 * CHUNK;
	AUTO(memory) char *plain = some_text(size);
	AUTO(str) struct str file = {0};
	write_file(&all, plain, size, size, &file);
	for (size_t left = 0; left < 6; left++) {
		struct counting counting = {.left = left};
		struct sink sink = {count, &counting};
		AUTO(age_writer) struct age_writer *writer = NULL;
		struct error *error = age_writer_open(&all, &sink, &writer);
		assert_int_equal(left == 0, error != NULL);
		error = error ? error : write_pieces(writer, plain, size, size);
		assert_int_equal(error->code, ERR_UNREACHABLE);
		error_free(error);
		counting.left = 1000;
		AUTO(error) struct error *ended = writer ? age_writer_end(writer) : NULL;
		assert_true(!writer || (ended && counting.pieces == left));
		counting = (struct counting){.left = left};
		AUTO(age_reader) struct age_reader *reader = age_reader_new(&identities[0], &sink);
		error = kit_feed(reader, file.data, file.size, file.size);
		assert_int_equal(error->code, ERR_UNREACHABLE);
		error_free(error);
	}
}

/* Else a chunk that the sink has not taken would be missing without a word. */
static void test_after_an_error_of_the_sink_nothing_is_right(void **state)
{
	(void)state;
	AUTO(memory) char *plain = some_text(2 * CHUNK);
	AUTO(str) struct str file = {0};
	struct counting counting = {0};
	struct sink sink = {count, &counting};
	write_file(&all, plain, 2 * CHUNK, 2 * CHUNK, &file);
	AUTO(age_reader) struct age_reader *reader = age_reader_new(&identities[0], &sink);
	size_t fed = file.size - 100;
	AUTO(error) struct error *first = age_feed(reader, file.data, fed);
	assert_int_equal(first->code, ERR_UNREACHABLE);
	counting.left = 1000;
	AUTO(error) struct error *rest = age_feed(reader, file.data + fed, 100);
	AUTO(error) struct error *ended = age_feed_end(reader);
	assert_true(rest && ended && !counting.pieces);
}

/* ---- parts ---- */

/* All chunks of a file, the last one first. */
static void assert_chunks(const struct age_opener *opener, const struct str *file, const char *plain, size_t size)
{
	uint64_t chunks = size ? (size - 1) / CHUNK + 1 : 1;
	AUTO(memory) char *found = mem_new(CHUNK, 1);
	for (uint64_t number = chunks; number--;) {
		size_t place = age_chunk_place(opener, number * CHUNK), offset = number * CHUNK;
		size_t whole = size - offset < CHUNK ? size - offset : CHUNK;
		bool last = number + 1 == chunks;
		assert_int_equal(age_chunk_place(opener, offset + (whole ? whole - 1 : 0)), place);
		assert_null(age_open_chunk(opener, number, last, file->data + place, whole + 16, found));
		assert_memory_equal(found, plain + offset, whole);
		AUTO(error) struct error *other_end =
			age_open_chunk(opener, number, !last, file->data + place, whole + 16, found);
		AUTO(error) struct error *other_number =
			age_open_chunk(opener, number + 1, last, file->data + place, whole + 16, found);
		AUTO(error) struct error *cut =
			age_open_chunk(opener, number, last, file->data + place, whole + 15, found);
		assert_true(other_end && other_number && cut);
		assert_int_equal(other_number->code, ERR_INPUT);
	}
}

static void test_chunks_by_themselves(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		AUTO(memory) char *plain = some_text(sizes[i]);
		AUTO(str) struct str file = {0};
		AUTO(age_opener) struct age_opener opener = {0};
		write_file(&all, plain, sizes[i], 1 << 30, &file);
		assert_null(age_opener_begin(&identities[2], file.data, file.size, &opener));
		assert_int_equal(opener.payload, age_size(all.count, 0) - 16);
		assert_chunks(&opener, &file, plain, sizes[i]);
	}
}

static void test_beginning_that_does_not_reach(void **state)
{
	(void)state;
	AUTO(str) struct str file = {0};
	write_file(&all, "hello", 5, 5, &file);
	size_t enough = age_size(all.count, 0) - 16;
	for (size_t size = 0; size <= enough; size++) {
		AUTO(age_opener) struct age_opener opener = {0};
		AUTO(error) struct error *error = age_opener_begin(&identities[0], file.data, size, &opener);
		assert_int_equal(size == enough, error == NULL);
		assert_true(!error || error->code == ERR_INPUT);
	}
	AUTO(age_opener) struct age_opener opener = {0};
	AUTO(error) struct error *error = age_opener_begin(&(struct age_identities){0}, file.data, file.size, &opener);
	assert_int_equal(error->code, ERR_PERMISSION);
}

/* Of a file that is not empty the last chunk is not either, and all others are full. */
static void test_chunks_of_wrong_sizes(void **state)
{
	(void)state;
	unsigned char key[1][AGE_KEY_SIZE];
	memcpy(key, identities[0].keys[0], AGE_KEY_SIZE);
	AUTO(kit) struct kit kit;
	kit_begin(&kit);
	kit_x25519(&kit, key[0]);
	kit_mac(&kit);
	kit_nonce(&kit);
	size_t begin = kit.file.size;
	kit_chunk(&kit, 1, false);
	kit_chunk(&kit, 0, true);
	AUTO(age_opener) struct age_opener opener = {0};
	AUTO(memory) char *plain = mem_new(CHUNK, 1);
	assert_null(age_opener_begin(&identities[0], kit.file.data, kit.file.size, &opener));
	AUTO(error) struct error *small = age_open_chunk(&opener, 0, false, kit.file.data + begin, 17, plain);
	AUTO(error) struct error *empty = age_open_chunk(&opener, 1, true, kit.file.data + begin + 17, 16, plain);
	assert_true(small && empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_pieces_of_changing_sizes),
		cmocka_unit_test(test_nothing_is_the_same_twice),
		cmocka_unit_test(test_each_recipient_reads_it_and_nobody_else),
		cmocka_unit_test(test_any_of_several_identities),
		cmocka_unit_test(test_a_file_for_nobody_is_refused),
		cmocka_unit_test(test_a_file_for_everybody_is_refused),
		cmocka_unit_test(test_many_recipients),
		cmocka_unit_test(test_every_byte_flipped_or_cut_is_reported),
		cmocka_unit_test(test_damage_in_chunks_is_reported),
		cmocka_unit_test(test_a_chunk_of_another_file_is_reported),
		cmocka_unit_test(test_a_payload_of_another_file_is_reported),
		cmocka_unit_test(test_after_an_error_nothing_is_right),
		cmocka_unit_test(test_sinks_are_given_large_pieces),
		cmocka_unit_test(test_errors_of_a_sink_come_through),
		cmocka_unit_test(test_after_an_error_of_the_sink_nothing_is_right),
		cmocka_unit_test(test_chunks_by_themselves),
		cmocka_unit_test(test_beginning_that_does_not_reach),
		cmocka_unit_test(test_chunks_of_wrong_sizes),
	};
	return cmocka_run_group_tests(tests, make_pairs, forget_pairs);
}
