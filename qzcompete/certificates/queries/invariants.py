"""What must hold of certificates at every moment; a sentence for each place where it does not."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, select

from qzcompete.certificates.models import Certificate
from qzcompete.certificates.queries.issued import RANK_WORDS
from qzcompete.core import audit
from qzcompete.extensions import db
from qzcompete.results.models import ResultRow, ResultSet, ResultSetState

STATES = {
    "certificate.issued": "valid",
    "certificate.replaced": "replaced",
    "certificate.revoked": "revoked",
}


def states() -> Iterator[str]:
    """Each certificate was issued by the log, and is where its last event brought it."""
    held = [
        (key, state.value) for key, state in db.session.execute(select(Certificate.id, Certificate.state))
    ]
    return audit.silent_states("certificate", held, "not issued", STATES)


def within_results() -> Iterator[str]:
    """A certificate of a result rests on a published version that gives its entry that award."""
    rows = db.session.execute(
        select(Certificate.number, Certificate.kind, Certificate.award, ResultSet.state, ResultRow)
        .join(ResultSet, ResultSet.id == Certificate.result_set_id)
        .outerjoin(
            ResultRow,
            and_(ResultRow.result_set_id == ResultSet.id, ResultRow.entry_id == Certificate.entry_id),
        )
        .execution_options(yield_per=1000)
    )
    for number, kind, award, state, line in rows:
        if state is ResultSetState.COMPILED:
            yield f"certificate {number} rests on results that are not published"
        elif line is None or line.rank is None:
            yield f"certificate {number} is of an entry that the results do not rank"
        elif kind == "award" and award != (line.award or RANK_WORDS.get(line.rank)):
            yield f"certificate {number} says {award}, the results say {line.award or f'rank {line.rank}'}"
