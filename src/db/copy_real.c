/* Numbers as PostgreSQL writes them (float8out with extra_float_digits above 0): the fewest digits that read back as
 * the same number; with an exponent below 1e-4, and from 1e15 on. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/copy_text.h"

#define MOST_DIGITS 17
#define SURE_DIGITS 15 /* that many always survive, but for the numbers near 0 that have lost some */

struct decimal {
	char digits[MOST_DIGITS + 1]; /* without a point, and without zeros at the end */
	int count;
	int exponent; /* of the first digit */
};

static bool reads_back(double value, int digits, char *text, size_t room)
{
	snprintf(text, room, "%.*e", digits - 1, value);
	return strtod(text, NULL) == value;
}

/* Below a power of two numbers are closer together than above it: there it may be that the nearest text of so many
 * digits is another number's, and the next one is not. */
static bool next_reads_back(double value, int digits, char *text, size_t room)
{
	int nearest = fegetround();
	fesetround(FE_UPWARD);
	snprintf(text, room, "%.*e", digits - 1, value);
	fesetround(nearest);
	return strtod(text, NULL) == value;
}

/* "1.2500e+02" */
static struct decimal split(const char *text)
{
	struct decimal decimal = {.exponent = atoi(strchr(text, 'e') + 1)};
	for (; *text != 'e'; text++)
		if (*text != '.')
			decimal.digits[decimal.count++] = *text;
	while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0')
		decimal.count--;
	return decimal;
}

static struct decimal shortest(double value)
{
	char text[40];
	int digits = value < 4 * DBL_MIN ? 1 : SURE_DIGITS;
	while (!reads_back(value, digits, text, sizeof text) && !next_reads_back(value, digits, text, sizeof text))
		digits++;
	return split(text);
}

static void add_zeros(struct str *out, int count)
{
	while (count-- > 0)
		str_add_char(out, '0');
}

static void add_fixed(struct str *out, const struct decimal *decimal)
{
	int whole = decimal->exponent + 1; /* digits before the point */
	if (whole <= 0) {
		str_add(out, "0.");
		add_zeros(out, -whole);
		whole = 0;
	} else if (whole >= decimal->count) {
		str_add_n(out, decimal->digits, (size_t)decimal->count);
		add_zeros(out, whole - decimal->count);
		return;
	} else {
		str_add_n(out, decimal->digits, (size_t)whole);
		str_add_char(out, '.');
	}
	str_add_n(out, decimal->digits + whole, (size_t)(decimal->count - whole));
}

static void add_scientific(struct str *out, const struct decimal *decimal)
{
	str_add_char(out, decimal->digits[0]);
	if (decimal->count > 1)
		str_add_char(out, '.');
	str_add_n(out, decimal->digits + 1, (size_t)decimal->count - 1);
	str_add_format(out, "e%+03d", decimal->exponent);
}

void copy_add_real(struct str *out, double value)
{
	if (isnan(value)) {
		str_add(out, "NaN");
		return;
	}
	if (signbit(value))
		str_add_char(out, '-');
	if (isinf(value)) {
		str_add(out, "Infinity");
		return;
	}
	const struct decimal decimal = shortest(fabs(value));
	if (decimal.exponent >= -4 && decimal.exponent < 15)
		add_fixed(out, &decimal);
	else
		add_scientific(out, &decimal);
}
