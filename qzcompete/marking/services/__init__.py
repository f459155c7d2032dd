"""What changes assessments and marks. Nothing here commits."""

from qzcompete.marking.services.assessments import (
    CandidateSpec,
    SeatSpec,
    add_candidates,
    ask_reasons,
    close_assessment,
    create_assessment,
    decide_tie,
    open_assessment,
    recuse,
    reopen_assessment,
    resolve_tie,
    seat_judges,
    set_scheme,
    set_status,
)
from qzcompete.marking.services.cards import IssuedCard, issue_cards, replace_tablet
from qzcompete.marking.services.corrections import correct_mark
from qzcompete.marking.services.deliveries import Parcel, Receipt, receive
from qzcompete.marking.services.durations import set_duration
from qzcompete.marking.services.entry import CardEntry, TooMany, enter_by_card
from qzcompete.marking.services.handed_in import take_file
from qzcompete.marking.services.imports import import_marks
from qzcompete.marking.services.moves import Moved, take_in
from qzcompete.marking.services.ops import OpResult, Sender, record_ops
from qzcompete.marking.services.paper import WrongMarks, type_sheet
from qzcompete.marking.services.photos import PhotoSpec, store_photo
from qzcompete.marking.services.rounds import answer_flag, open_round
from qzcompete.marking.services.seats import substitute_judge
from qzcompete.marking.services.sheets import unlock_sheet
from qzcompete.marking.services.tablets import revoke_tablet, start_tablet, token_hash

__all__ = [
    "CandidateSpec",
    "CardEntry",
    "IssuedCard",
    "Moved",
    "OpResult",
    "Parcel",
    "PhotoSpec",
    "Receipt",
    "SeatSpec",
    "Sender",
    "TooMany",
    "WrongMarks",
    "add_candidates",
    "answer_flag",
    "ask_reasons",
    "close_assessment",
    "correct_mark",
    "create_assessment",
    "decide_tie",
    "enter_by_card",
    "import_marks",
    "issue_cards",
    "open_assessment",
    "open_round",
    "receive",
    "record_ops",
    "recuse",
    "reopen_assessment",
    "replace_tablet",
    "resolve_tie",
    "revoke_tablet",
    "seat_judges",
    "set_duration",
    "set_scheme",
    "set_status",
    "start_tablet",
    "store_photo",
    "substitute_judge",
    "take_file",
    "take_in",
    "token_hash",
    "type_sheet",
    "unlock_sheet",
]
