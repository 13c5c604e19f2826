/* Numbers that an installation does not tell by itself, with where they are from. */
#ifndef HEALTH_CAPACITY_FIGURES_H
#define HEALTH_CAPACITY_FIGURES_H

/* ---- assumptions ---- */

/* Somebody who is there asks something so often: in a hurry, and reading. */
#define TURN_BUSY_S 60
#define TURN_CALM_S 180
/* So long the answer takes to be written. */
#define TURN_LASTS_S 10
/* A process that is at work for more of its time than this has others wait: at the busiest, and on average. */
#define LOAD_BUSY_PERCENT 50
#define LOAD_CALM_PERCENT 70
/* So much more than its texts a database takes: keys, indexes, rows that are dead or not chats. */
#define DATABASE_ROOM 2
/* So much more memory a server has when it has worked for some days. */
#define MEMORY_ROOM_PERCENT 150
/* Free room should last until somebody has bought more. */
#define ROOM_MONTHS 3
#define DAYS_A_MONTH 30
/* Below this nothing can be told of what people leave behind in a day. */
#define LEAST_ACCOUNT_DAYS 30

/* ---- measured on Open WebUI 0.12.4: docs/health-capacity.md says how ---- */

/* Of a process for a turn, its requests and the answer that it passes on: many at once, and one by itself. */
#define TURN_CALM_US 400000
#define TURN_BUSY_US 750000
#define TURN_STREAM_US 600000 /* of these for all but the requests */
#define TURN_REQUESTS 10
#define TURN_TRANSACTIONS 350 /* of the database */
#define TRANSACTION_TRIPS 4 /* to the database and back: the pool looks whether it is there, begin, statement, end */
#define PROCESS_BYTES 360000000 /* of memory, before anybody is there */
#define PERSON_CALM_BYTES 50000 /* with the page open; 300 kB within a turn, of a short chat */
#define PERSON_BUSY_BYTES 1000000
#define PROCESS_FILES 40
#define PERSON_CALM_FILES 1 /* a websocket; five more within a turn */
#define PERSON_BUSY_FILES 4
#define REDIS_IDLE 4 /* clients of a process that has just started, and of one that has worked */
#define REDIS_USED 8
#define REDIS_A_TURN 2

/* ---- documented by upstream ---- */

#define SCALING_PAGE "https://docs.openwebui.com/getting-started/advanced-topics/scaling"
#define PERFORMANCE_PAGE "https://docs.openwebui.com/troubleshooting/performance"
#define SMALL_TEAM 50	   /* users, for whom one instance will do */
#define LARGE_SCALE 1000
#define THREADS_USUAL 40
#define THREADS_LARGE 2000
#define MODEL_BYTES 500000000 /* of memory, of a local model for embeddings, in each process */

#endif
