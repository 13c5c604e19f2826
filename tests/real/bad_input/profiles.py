"""The file of profiles."""
from bad_input.case import Case

FORM = "as in `profiles: {home:"
MEND = "mend it there: DATABASE_URL is"
YAML = "the file must be YAML"
CONFIG = ".config/owctl/config.yaml"


def yaml(name, contents, message, hint, status=78, words="user list --profile p", secret="geheim", **more):
    return Case(f"profile: {name}", words, status, message, hint, files={CONFIG: contents}, secret=secret, **more)


def setting(value, name="DATABASE_URL"):
    return f"profiles:\n  p:\n    settings:\n      {name}: {value}\n"


def public(value):
    def setup(world):
        world.write(CONFIG, setting(value), mode=0o644)

    return setup


def public_secret(world):
    world.write("secret", "postgresql://u:geheim@h/d", mode=0o644)
    world.write(CONFIG, setting("{file: " + str(world.folder / "secret") + "}"))


def no_rights(world):
    world.folder.chmod(0o555)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12))

CASES = [
    Case("profile: no file", "user list --profile p", 78, 'profile', "owctl profile add"),
    yaml("none of that name", setting("x"), "there is no profile", "known profiles are: p", words="user list --profile q"),
    yaml("a name near it", "profiles:\n  production: {}\n", "prodution", "production", words="user list --profile prodution"),
    yaml("no YAML", "profiles: [geheim\n", "config.yaml:", YAML),
    yaml("a tab", "profiles:\n\tp: {}\n", "config.yaml:2", YAML),
    yaml("a list", "- p\n", "config.yaml:1:3: the file must be a mapping", FORM),
    yaml("a text", "geheim", "config.yaml:1:1", FORM),
    yaml("an unknown key", "profile:\n  p: {}\n", "unknown key", "default, profiles"),
    yaml("an unknown key in a profile", "profiles:\n  p:\n    setting: {}\n", "unknown key", "env-file, settings"),
    yaml("an unknown setting", setting("x", "DATABASE_ULR"), 'unknown setting "DATABASE_ULR"', "DATABASE_URL"),
    yaml("an unknown setting with an escape sequence", setting("x", '"\\e[2J"'), "\\x1b[2J", "owctl profile show --all"),
    yaml("a key twice", "profiles:\n  p: {}\n  p: {}\n", "config.yaml:3", YAML),
    yaml("a list for a value", setting("[geheim]"), "config.yaml:4", FORM),
    yaml("two sources", setting("{file: /x, env: Y}"), "has two sources", FORM),
    yaml("no source", setting("{}"), "has no source", FORM),
    yaml("an unknown source", setting("{vault: x}"), 'unknown key "vault"', "file, env, command"),
    yaml("a variable that is not set", setting("{env: MISSING_ONE}"), "the variable MISSING_ONE is not set", MEND),
    yaml("a command that is not there", setting("{command: [/missing/one]}"), "cannot run /missing/one", MEND),
    yaml("a command that fails", setting("{command: 'echo geheim; exit 3'}"), "failed with exit status 3", MEND),
    yaml("a command that is killed", setting("{command: 'kill -9 $$'}"), "was ended by signal 9", MEND),
    yaml("a command that says nothing", setting("{command: 'true'}"), "the value is empty", MEND),
    yaml("a command that says too much", setting("{command: 'yes geheim'}"), "prints more than", MEND),
    yaml("a command that says bytes", setting("{command: [printf, 'geheim\\377']}"), "is not UTF-8", MEND),
    yaml("aliases to aliases", BOMB, "config.yaml:", "known keys are"),
    yaml("an alias to itself", "profiles: &a\n  p: *a\n", "config.yaml", FORM),
    yaml("1000 lists in each other", "[" * 1000, "config.yaml", YAML),
    yaml("100,000 lists in each other", "[" * 100_000, "config.yaml", YAML),
    yaml("not UTF-8", b"profiles:\n  p: geheim\xff\n", "config.yaml:2: not UTF-8", YAML),
    yaml("a byte in front that is not UTF-8", b"\xff\nprofiles:\n  p: geheim\n", "config.yaml:1: not UTF-8", YAML),
    yaml("a NUL", b"profiles:\n  p: {}\0\n", "config.yaml:2", YAML),
    yaml("2 MB", "#" * 2_000_000, "is larger than 1048576 bytes", "is it the right file?"),
    yaml("two documents", "profiles: {p: {}}\n---\nprofiles: {}\n", "config.yaml:2: a second document begins", "all profiles stand in one"),
    Case("profile: a password in a file for all", "user list --profile p", 77, "readable by everybody", "chmod o-r",
         setup=public("postgresql://u:geheim@h/d"), secret="geheim"),
    Case("profile: a file with a secret for all", "user list --profile p", 77, "readable by everybody", "chmod o-r", setup=public_secret, secret="geheim"),
    Case("profile: a home that can't be written to", "profile add p --set DATA_DIR=/x", 77, "cannot make the folder",
         "another file with OWCTL_CONFIG=FILE", setup=no_rights, unprivileged=True, db=False),
    Case("profile: OWCTL_CONFIG that is not there", "user list --profile p", 78, "missing.yaml", "`owctl profile add p` makes it", env={"OWCTL_CONFIG": "{folder}/missing.yaml"}),
]
