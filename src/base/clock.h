/* Time. Open WebUI keeps seconds or nanoseconds since 1970 in its tables; owctl prints RFC 3339 in UTC. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_A_SECOND INT64_C(1000000000)

int64_t clock_now(void);          /* seconds since 1970 */
int64_t clock_now_us(void);       /* the same in microseconds */
int64_t clock_monotonic_ms(void); /* for time-outs; never set back */
int64_t clock_monotonic_us(void); /* the same, for what is quick */

/* "2026-11-24T10:49:41Z" for seconds since 1970 (years 0001 to 9999; false, and nothing written, outside). */
#define CLOCK_TEXT_SIZE 21
bool clock_format(int64_t seconds, char text[static CLOCK_TEXT_SIZE]);

/* Reads "2026-11-24", "2026-11-24T10:49:41Z" or with an offset "+01:00". False if it is none of these. */
bool clock_parse(const char *text, int64_t *seconds);

/* Reads "90", "90s", "15m", "2h", "7d", "4w" (a bare number is seconds) into seconds. False on anything else. */
bool clock_parse_duration(const char *text, int64_t *seconds);

#endif
