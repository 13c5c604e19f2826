"""Prints gcovr's summary by folder: coverage.py SUMMARY.json"""
import collections
import json
import os
import sys

KINDS = "line_covered", "line_total", "branch_covered", "branch_total"


def share(covered, total):
    return f"{100 * covered / total:6.1f} %" if total else "       -"


def main(path):
    with open(path) as stream:
        files = json.load(stream)["files"]
    folders = collections.defaultdict(lambda: [0] * len(KINDS))
    for file in files:
        for folder in (os.path.dirname(file["filename"]), "all"):
            folders[folder] = [have + file[kind] for have, kind in zip(folders[folder], KINDS)]
    print(f"{'folder':32} {'lines':>8} {'':>7} {'branches':>8}")
    for folder in sorted(folders, key=lambda name: (name == "all", name)):
        lines, all_lines, branches, all_branches = folders[folder]
        print(f"{folder:32} {share(lines, all_lines)} {all_lines:7d} {share(branches, all_branches)} {all_branches:7d}")


main(sys.argv[1])
