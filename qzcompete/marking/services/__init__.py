"""What changes assessments and marks. Nothing here commits."""

from qzcompete.marking.services.assessments import (
    CandidateSpec,
    SeatSpec,
    add_candidates,
    close_assessment,
    create_assessment,
    open_assessment,
    reopen_assessment,
    resolve_tie,
    seat_judges,
    set_scheme,
    set_status,
)
from qzcompete.marking.services.imports import import_marks
from qzcompete.marking.services.ops import record_ops

__all__ = [
    "CandidateSpec",
    "SeatSpec",
    "add_candidates",
    "close_assessment",
    "create_assessment",
    "import_marks",
    "open_assessment",
    "record_ops",
    "reopen_assessment",
    "resolve_tie",
    "seat_judges",
    "set_scheme",
    "set_status",
]
