"""A release of Open WebUI that is later than those that owctl knows: the newest one, with revisions more than it has."""
from lab import chain, openwebui
from lab.parts import NEWEST

VERSION = "0.99.0"
FIRST = "67c0ffee0001"

# A table, a column and a data step, as upstream writes them.
BADGES = """
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.create_table("badge", sa.Column("id", sa.Text(), primary_key=True), sa.Column("user_id", sa.Text(), nullable=False),
                    sa.Column("name", sa.Text(), nullable=False))
    op.create_index("ix_badge_user_id", "badge", ["user_id"])
    op.add_column("user", sa.Column("badge_id", sa.Text(), nullable=True))
    op.execute("insert into badge (id, user_id, name) select 'of ' || id, id, 'first' from \\"user\\"")
    op.execute("update \\"user\\" set badge_id = 'of ' || id")
"""


def make(folder, *texts):
    """PYTHONPATH for the newest release's Python: revisions with these texts come after those that it has."""
    real = next((openwebui.python(NEWEST).parents[1] / "lib").glob("python3.*/site-packages")) / "open_webui"
    package = folder / "open_webui"
    versions = package / "migrations/versions"
    versions.mkdir(parents=True)
    for source, target in ((real, package), (real / "migrations", package / "migrations"),
                           (real / "migrations/versions", versions)):
        for path in source.iterdir():
            if path.name not in ("migrations", "versions", "__pycache__"):
                (target / path.name).symlink_to(path)
    before = chain.HEAD
    for revision, text in zip(ids(len(texts)), texts):
        head = f'revision: str = "{revision}"\ndown_revision: str = "{before}"\nbranch_labels = None\ndepends_on = None\n'
        (versions / f"{revision}_later.py").write_text(f'"""later\n\nRevision ID: {revision}\n"""\n{head}{text}')
        before = revision
    told = folder / f"open_webui-{VERSION}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: open-webui\nVersion: {VERSION}\n")
    return folder


def ids(count):
    return [f"{67 + number}c0ffee0001" for number in range(count)]
