"""What forbids a start: a database that is away, or not at the code's migration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def start_faults() -> Iterator[str]:
    """What forbids serving: a database that is away or not at the code's migration."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        pending = pending_migrations()
    except SQLAlchemyError as error:
        yield f"the database does not answer: {getattr(error, 'orig', error)}. Check QZ_DATABASE_URL"
        return
    if pending:
        yield f"{len(pending)} migration(s) pending ({', '.join(pending)}): run `qzcompete db upgrade` first"


def pending_migrations() -> list[str]:
    """The revisions that the code has and the database has not, oldest first."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from qzcompete.extensions import db

    script = ScriptDirectory(str(ROOT / "migrations"))
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    done = {revision.revision for head in present for revision in script.iterate_revisions(head, "base")}
    revisions = [revision.revision for revision in script.walk_revisions()]
    return [revision for revision in reversed(revisions) if revision not in done]
