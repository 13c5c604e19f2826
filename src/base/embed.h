/* Files of the tree as constants in the program. EMBED_FILE(name, "path/from/the/top") at file scope defines
 * `const char name[]`, NUL-terminated. The assembler reads the file, so there is no generator; the Makefile lists the
 * dependency. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#define EMBED_FILE(name, path)                                      \
	extern const char name[];                                   \
	__asm__(".pushsection .rodata.embed,\"a\",@progbits\n"      \
		".balign 8\n"                                       \
		".hidden " #name "\n"                               \
		".global " #name "\n"                               \
		#name ":\n"                                         \
		".incbin \"" path "\"\n"                            \
		".byte 0\n"                                         \
		".popsection\n")

#endif
