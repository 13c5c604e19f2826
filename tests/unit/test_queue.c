/* A queue between threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/queue.h"

#define ITEMS 10000

struct sums {
	struct queue queue;
	uintptr_t sums[4];
};

static void *take_all(void *state)
{
	uintptr_t *sum = state;
	struct queue *queue = (struct queue *)*sum;
	*sum = 0;
	for (void *item; (item = queue_take(queue));)
		*sum += (uintptr_t)item;
	return NULL;
}

static void test_all_comes_out(void **state)
{
	(void)state;
	struct sums sums;
	pthread_t threads[4];
	uintptr_t all = 0;
	queue_init(&sums.queue, 3);
	for (int i = 0; i < 4; i++) {
		sums.sums[i] = (uintptr_t)&sums.queue;
		assert_int_equal(pthread_create(&threads[i], NULL, take_all, &sums.sums[i]), 0);
	}
	for (uintptr_t i = 1; i <= ITEMS; i++)
		assert_true(queue_put(&sums.queue, (void *)i));
	queue_end(&sums.queue);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		all += sums.sums[i];
	}
	assert_int_equal(all, (uintptr_t)ITEMS * (ITEMS + 1) / 2);
	assert_null(queue_left(&sums.queue));
	queue_cleanup(&sums.queue);
}

static void *put_until_closed(void *state)
{
	uintptr_t count = 0;
	while (queue_put(state, state))
		count++;
	return (void *)count;
}

static void test_closing_wakes_who_waits(void **state)
{
	(void)state;
	struct queue queue;
	pthread_t thread;
	void *count;
	queue_init(&queue, 2);
	assert_int_equal(pthread_create(&thread, NULL, put_until_closed, &queue), 0);
	assert_ptr_equal(queue_take(&queue), &queue);
	queue_close(&queue);
	pthread_join(thread, &count);
	assert_null(queue_take(&queue));
	uintptr_t left = 0;
	while (queue_left(&queue))
		left++;
	assert_int_equal(left + 1, (uintptr_t)count);
	queue_cleanup(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_comes_out),
		cmocka_unit_test(test_closing_wakes_who_waits),
	};
	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
