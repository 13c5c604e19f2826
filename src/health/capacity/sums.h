/* Arithmetic that ends at INT64_MAX instead of beyond it: numbers come from servers, and may be any. None is
 * negative. */
#ifndef HEALTH_CAPACITY_SUMS_H
#define HEALTH_CAPACITY_SUMS_H

#include <stdint.h>

static inline int64_t sum_times(int64_t a, int64_t b)
{
	int64_t product;
	return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

static inline int64_t sum_plus(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

/* The whole number that a / b does not exceed. b > 0 */
static inline int64_t sum_parts(int64_t a, int64_t b)
{
	return a / b + (a % b != 0);
}

/* The whole number that a * b / c does not exceed. c > 0. a * b may be larger than what comes of it. */
static inline int64_t sum_share(int64_t a, int64_t b, int64_t c)
{
	__extension__ typedef unsigned __int128 wide;
	wide share = ((wide)a * (wide)b + (wide)c - 1) / (wide)c;
	return share > INT64_MAX ? INT64_MAX : (int64_t)share;
}

static inline int64_t sum_most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
