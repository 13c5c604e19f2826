"""Prints a lock file: python3 scripts/lab/lock.py UV REQUIREMENTS-FILE [OPTION of uv pip compile..]

A maintainer runs it when a version is to change. Each package is pinned by version and by the hashes of the files that
a 64-bit Linux with CPython 3.11 to 3.13 could install; those of all other platforms would make the file ten times as
long.
"""
import subprocess
import sys
import tomllib

FITS = ("-none-any.whl", "x86_64.whl")
PYTHONS = ("cp311", "cp312", "cp313-cp313-", "abi3", "py3-none")


def resolve(uv, *requirements):
    command = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--format", "pylock.toml"]
    resolved = subprocess.run([*command, *requirements], check=True, capture_output=True, text=True)
    return tomllib.loads(resolved.stdout)["packages"]


def fits(url):
    name = url.rsplit("/", 1)[1]
    return name.endswith(FITS) and "musllinux" not in name and any(python in name for python in PYTHONS)


def hashes(package):
    wheels = [wheel for wheel in package.get("wheels", []) if fits(wheel["url"])]
    return [file["hashes"]["sha256"] for file in wheels or [package.get("sdist")] if file]


def line(package):
    marker = package.get("marker", "").removeprefix("python_full_version >= '3.11'").removeprefix(" and ")
    words = [f"{package['name']}=={package['version']}" + (f" ; {marker}" if marker else "")]
    return " \\\n    ".join(words + [f"--hash=sha256:{value}" for value in hashes(package)])


for package in resolve(*sys.argv[1:]):
    if hashes(package):
        print(line(package))
