#include "base/clock.h"

#include <string.h>
#include <time.h>

int64_t clock_now(void)
{
	return (int64_t)time(NULL);
}

int64_t clock_now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

/* Days since 1970 of a date in the proleptic Gregorian calendar, and back (H. Hinnant, "chrono-compatible low-level
 * date algorithms"): gmtime_r takes ten times as long, and lists print three times a row. */
static int64_t days_from_date(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_from_days(int64_t days, int *year, int *month, int *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static void put_digits(char *text, int value, int width)
{
	for (int i = width - 1; i >= 0; i--, value /= 10)
		text[i] = (char)('0' + value % 10);
}

bool clock_format(int64_t seconds, char text[static CLOCK_TEXT_SIZE])
{
	if (seconds < -62135596800 || seconds > 253402300799)
		return false;
	int64_t days = seconds / 86400, rest = seconds % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	int year, month, day;
	date_from_days(days, &year, &month, &day);
	memcpy(text, "0000-00-00T00:00:00Z", CLOCK_TEXT_SIZE);
	put_digits(text, year, 4);
	put_digits(text + 5, month, 2);
	put_digits(text + 8, day, 2);
	put_digits(text + 11, (int)(rest / 3600), 2);
	put_digits(text + 14, (int)(rest / 60 % 60), 2);
	put_digits(text + 17, (int)(rest % 60), 2);
	return true;
}

/* Reads as many numbers as there are digits for in `form`, which stands for what is read: "0000-00-00". */
static bool read_form(const char *text, const char *form, int *numbers)
{
	for (; *form; form++, text++) {
		if (*form != '0' ? *text != *form : *text < '0' || *text > '9')
			return false;
		if (*form == '0')
			*numbers = *numbers * 10 + (*text - '0');
		else
			numbers++;
	}
	return true;
}

static bool parse_offset(const char *text, int64_t *offset)
{
	if ((text[0] == 'Z' || text[0] == 'z') && !text[1]) {
		*offset = 0;
		return true;
	}
	int parts[2] = {0};
	if ((text[0] != '+' && text[0] != '-') || !read_form(text + 1, "00:00", parts) || text[6] || parts[0] > 23 ||
	    parts[1] > 59)
		return false;
	*offset = (text[0] == '-' ? -1 : 1) * (parts[0] * 3600 + parts[1] * 60);
	return true;
}

static bool parse_date(const char *text, int64_t *days)
{
	static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int parts[3] = {0};
	if (!read_form(text, "0000-00-00", parts))
		return false;
	int year = parts[0], month = parts[1], day = parts[2];
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days[month - 1])
		return false;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	*days = days_from_date(year, month, day);
	return month != 2 || day < 29 || leap;
}

bool clock_parse(const char *text, int64_t *seconds)
{
	int64_t days, offset = 0;
	int time[3] = {0};
	if (!parse_date(text, &days))
		return false;
	if (text[10] && ((text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
			 !read_form(text + 11, "00:00:00", time) || time[0] > 23 || time[1] > 59 || time[2] > 60 ||
			 !parse_offset(text + 19, &offset)))
		return false;
	*seconds = days * 86400 + time[0] * 3600 + time[1] * 60 + time[2] - offset;
	return true;
}

bool clock_parse_duration(const char *text, int64_t *seconds)
{
	int64_t value = 0;
	const char *p = text;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *p - '0', &value))
			return false;
	if (p == text)
		return false;
	static const struct {
		char letter;
		int64_t factor;
	} units[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (*p == units[i].letter && (!*p || !p[1]))
			return !__builtin_mul_overflow(value, units[i].factor, seconds);
	return false;
}
