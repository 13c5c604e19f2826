# owctl: one plain Makefile. `make` builds build/owctl; see CONTRIBUTING.md for the other verbs.
#   BUILD=dir      where objects and the program go (default build)
#   SANITIZE=1     AddressSanitizer and UndefinedBehaviorSanitizer
#   WERROR=1       warnings are errors
#   PREFIX=, DESTDIR=   as packagers expect
#   SOURCE_DATE_EPOCH=  the time in what `make dist deb` make (default DATE)
#   DEB_VERSION=        another version of the package

VERSION   := 0.1.0
DATE      := November 24, 2026
BUILD     ?= build
PREFIX    ?= /usr/local
CC        ?= gcc
PKG_CONFIG ?= pkg-config
PACKAGES  := sqlite3 libpq jansson libfyaml libcurl hiredis libpcre2-8 libsodium libcrypt libzstd \
             libarchive libxxhash expat libcrypto readline

WARNINGS  := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
             -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough
HARDENING := -fPIE -fstack-protector-strong -fstack-clash-protection
LINKING   := -pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
ifdef SANITIZE
# At a fixed address: what the sanitizers know of each global would be relocated at every start, 190,000 places.
LINKING   := -no-pie $(filter-out -pie,$(LINKING))
OPTIMIZE  := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
else
# Without the folder's own name, so that the same version has the same bytes wherever it is built.
OPTIMIZE  ?= -O2 -g -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$(CURDIR)=.
endif

# Asked once, not again for each file.
PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
PACKAGE_LIBS   := $(shell $(PKG_CONFIG) --libs $(PACKAGES))

CPPFLAGS  += -Isrc -D_GNU_SOURCE -DOWCTL_VERSION='"$(VERSION)"' -DOWCTL_DATE='"$(DATE)"' $(PACKAGE_CFLAGS)
CFLAGS    += -std=gnu17 $(WARNINGS) $(if $(WERROR),-Werror) $(HARDENING) $(OPTIMIZE) $(EXTRA_CFLAGS) -pthread
LDFLAGS   += $(LINKING) $(filter -fsanitize%,$(OPTIMIZE)) $(EXTRA_LDFLAGS) -pthread
LDLIBS    += $(PACKAGE_LIBS) -lm -lresolv

SOURCES   := $(sort $(wildcard src/*/*.c src/*/*/*.c src/*/*/*/*.c))
OBJECTS   := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY   := $(BUILD)/libowctl.a
PROGRAM   := $(BUILD)/owctl
EMBEDDED  := $(wildcard src/migrate/chain/*/*.sql completions/*) src/migrate/upstream.py \
             src/openwebui/trial.py \
             src/backup/RESTORE.txt $(wildcard src/backup/restore/*.sh) src/health/report/style.css \
             $(wildcard docs/*.md) examples/config.yaml

# One short line a step; `make V=1` shows the commands.
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-8s %s\n' $(1) '$@';)

all: $(PROGRAM)

# All objects and not the library, which would leave out what nobody names: the checks of src/health.
$(PROGRAM): $(BUILD)/src/main.o $(OBJECTS)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# q, not r: files of the same name in different folders are different members.
$(LIBRARY): $(OBJECTS)
	@rm -f $@
	$(call say,AR)$(AR) qcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files that the assembler includes are not seen by -MMD.
EMBEDDING := $(wildcard src/migrate/chain/*/code.c) src/migrate/chain/chain.c src/migrate/upstream.c \
             src/commands/completion/completion.c src/backup/restore_text.c \
             src/openwebui/trial.c src/health/report/page.c $(wildcard src/commands/manual/*.c)
$(EMBEDDING:%.c=$(BUILD)/%.o): $(EMBEDDED)

# Rebuilds everything when compiler or flags change; the folder's own name is no such change.
flags = $(subst $(CURDIR),,$(CC) $(CPPFLAGS) $(CFLAGS))

$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(flags)' | cmp -s - $@ || echo '$(flags)' > $@

# Unit tests: one program per tests/unit/test_*.c, linked with the library.
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

unit: $(UNIT_TESTS)
	@failed=0; for t in $(UNIT_TESTS); do $$t || failed=1; done; exit $$failed

FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
PROBES := db-probe url-probe redis-probe age-probe store-probe growth-probe

unit-build: $(UNIT_TESTS) $(PROBES:%=$(BUILD)/%) $(FUZZERS:%=$(BUILD)/replay/%) $(BUILD)/cut-off.so

# All objects, as for the program itself: they run checks.
$(filter $(BUILD)/unit/test_health_%,$(UNIT_TESTS)): $(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(OBJECTS)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

# Pages and schemas are made by the program from what it knows, and committed; tests/real/test_generated.py says when
# one is stale.
man: $(PROGRAM)
	@mkdir -p man && rm -f man/*.[1-9]
	@$(PROGRAM) __man | while read -r page; do $(PROGRAM) __man $$page > man/$$page || exit 1; done

schemas: $(PROGRAM)
	@mkdir -p docs/schema && rm -f docs/schema/*.json
	$(PROGRAM) __schema error > docs/schema/error.json
	@$(PROGRAM) __schema | while read -r words; do \
		$(PROGRAM) __schema $$words > docs/schema/$$(echo $$words | tr ' ' -).json || exit 1; done

# The database layer by hand, for tests/real/test_db_*.py.
$(BUILD)/db-probe: $(BUILD)/tests/real/db_probe.o $(LIBRARY)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The URL parser by hand, for tests/real/test_url.py.
$(BUILD)/url-probe: $(BUILD)/tests/real/url_probe.o $(LIBRARY)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The Redis client by hand, for tests/real/test_redis*.py.
$(BUILD)/redis-probe: $(BUILD)/tests/real/redis_probe.o $(LIBRARY)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Stores by hand, for tests/real/test_store_*.py; its clock can be set wrong.
$(BUILD)/store-probe: $(BUILD)/tests/real/store_probe.o $(LIBRARY)
	$(call say,LINK)$(CC) $(LDFLAGS) -Wl,--wrap=clock_now -o $@ $^ $(LDLIBS)

# The age format by hand, for tests/real/test_age.py.
$(BUILD)/age-probe: $(BUILD)/tests/real/age_probe.o $(LIBRARY)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What the database has grown by, for tests/real/test_health_capacity.py.
$(BUILD)/growth-probe: $(BUILD)/tests/real/growth_probe.o $(LIBRARY)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What cuts owctl off at a counted call, for tests/real/lab/cut_off.py. Preloaded, it can't have sanitizers itself.
$(BUILD)/cut-off.so: tests/real/cut_off.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) -D_GNU_SOURCE -std=gnu17 $(WARNINGS) $(if $(WERROR),-Werror) -O2 -g -fPIC -shared -o $@ $<

# Fuzzing, with clang: FUZZ_SECONDS a target. What is found is added to a copy of the kept corpus.
FUZZ_SECONDS ?= 60

fuzz:
	./scripts/fuzz $(FUZZ_SECONDS) $(FUZZERS)

fuzz-build: $(FUZZERS:%=$(BUILD)/fuzz/%)

# All objects, as for the program itself.
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(OBJECTS)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# The same targets with what is kept alone, by any compiler: tests/real/test_fuzz_corpora.py.
$(BUILD)/replay/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What orchestrators answer is put in the place of asking them.
$(BUILD)/fuzz/health_orchestrators $(BUILD)/replay/health_orchestrators: LDFLAGS += -Wl,--wrap=api_get

# More than a check tries of migrating: N kills from each start, N databases drawn at random from SEED on.
migrate-kills:
	KILLS=$(or $(N),200) SEED=$(or $(SEED),$$(date +%s)) ./scripts/check -k 'migrate and (kills or failures)'

migrate-fuzz:
	DRAWN=$(or $(N),100) SEED=$(or $(SEED),$$(date +%s)) ./scripts/check -k migrate_fuzz

# The classes of failure that health checks were proved on, with what was found of each.
health-matrix:
	HEALTH_MATRIX=1 ./scripts/check -k test_health

coverage:
	./scripts/coverage

analyze:
	./scripts/analyze

# For scripts/analyze.
print-flags:
	$(info $(CPPFLAGS) -std=gnu17)@:

# A folder's files in another one, with their folders; what can be run stays so.
install_files = cd $(1) && find . -type f -exec sh -ec 'for file; do install -D \
	-m $$(test -x "$$file" && echo 755 || echo 644) "$$file" "$(DESTDIR)$(PREFIX)/share/$(2)/$$file"; done' sh {} +

# Debian's packages have their functions for zsh in another place: vendor-completions.
ZSH_FUNCTIONS ?= site-functions

# Documents and examples lie beside one another as they do here: their links lead somewhere.
install: $(PROGRAM)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/owctl
	for page in man/*.[1-9]; do \
		install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man$${page##*.} $$page || exit 1; done
	install -D -m 644 completions/owctl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/owctl
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/zsh/$(ZSH_FUNCTIONS) completions/_owctl
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d completions/owctl.fish
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/owctl README.md
	$(call install_files,docs,doc/owctl/docs)
	$(call install_files,examples,doc/owctl/examples)

# What packages are made of has this time: the same version has the same bytes whenever it is built.
SOURCE_DATE_EPOCH ?= $(shell date --utc --date '$(DATE)' +%s)
DEB_VERSION ?= $(VERSION)-1
DOCKER  ?= docker

# All that git has, of its last commit.
dist:
	SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) ./scripts/package/dist owctl-$(VERSION) $(BUILD)

deb: $(PROGRAM)
	rm -rf $(BUILD)/deb
	$(MAKE) --no-print-directory -s install DESTDIR=$(abspath $(BUILD))/deb/root PREFIX=/usr \
		ZSH_FUNCTIONS=vendor-completions
	SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) ./scripts/package/deb $(DEB_VERSION) $(BUILD)

image:
	$(DOCKER) build --file scripts/package/Dockerfile --tag owctl:$(VERSION) --tag owctl \
		--build-arg VERSION=$(VERSION) $(IMAGE_OPTIONS) .

check:
	./scripts/check

bench:
	./scripts/bench

$(BUILD)/bench/launch: $(BUILD)/tests/bench/launch.o
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^

clean:
	rm -rf $(BUILD)

.PHONY: all install unit unit-build fuzz fuzz-build migrate-kills migrate-fuzz health-matrix \
	coverage analyze print-flags man schemas dist deb image check bench clean FORCE
.SECONDARY:
-include $(OBJECTS:.o=.d) $(BUILD)/src/main.d $(wildcard $(BUILD)/tests/*/*.d)
