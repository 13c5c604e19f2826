"""The table of bad input: what an operator, a script or a stranger hands to owctl, and what owctl has to say to it.

Modules: case (a row, and what holds for every row), world (where a row runs); one a kind of input: urls, files, revisions,
rows (CSV and JSON lines), envfiles, profiles, words (the command line), passwords, servers (PostgreSQL).
"""
