/* Randomness from the kernel, and what is made of it. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

#define UUID_TEXT_SIZE 37

void random_bytes(void *buffer, size_t size); /* getrandom(2), buffered; ends the program if the kernel has none */
void random_uuid(char text[static UUID_TEXT_SIZE]); /* version 4 (RFC 9562), lower case */
bool text_is_uuid(const char *text);                /* 8-4-4-4-12 hexadecimal digits of any version */

/* A password of `length` characters: letters and digits that can't be mistaken for one another, and three signs that no
 * shell minds. To be released with secret_free. 20 characters carry 117 bits. */
char *random_password(size_t length);

#endif
