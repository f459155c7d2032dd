"""What changes assessments and marks. Nothing here commits."""

from qzcompete.marking.services.assessments import (
    CandidateSpec,
    SeatSpec,
    add_candidates,
    close_assessment,
    create_assessment,
    decide_tie,
    open_assessment,
    reopen_assessment,
    resolve_tie,
    seat_judges,
    set_scheme,
    set_status,
    unlock_sheet,
)
from qzcompete.marking.services.imports import import_marks
from qzcompete.marking.services.ops import OpResult, Sender, record_ops
from qzcompete.marking.services.tablets import note_device, start_tablet, token_hash

__all__ = [
    "CandidateSpec",
    "OpResult",
    "SeatSpec",
    "Sender",
    "add_candidates",
    "close_assessment",
    "create_assessment",
    "decide_tie",
    "import_marks",
    "note_device",
    "open_assessment",
    "record_ops",
    "reopen_assessment",
    "resolve_tie",
    "seat_judges",
    "set_scheme",
    "set_status",
    "start_tablet",
    "token_hash",
    "unlock_sheet",
]
