"""What changes selections, one file per actor. Nothing here commits."""

from qzcompete.selection.services.designation import take_place
from qzcompete.selection.services.history import (
    locked_application,
    locked_class,
    move_application,
    move_class,
)
from qzcompete.selection.services.office import (
    RoundDraft,
    UnitDraft,
    add_unit,
    adopt_template,
    cancel_class,
    close_calling,
    create_round,
    edit_class,
    edit_round,
    publish_call,
    set_quotas,
    set_score_sheet,
)

__all__ = [
    "RoundDraft",
    "UnitDraft",
    "add_unit",
    "adopt_template",
    "cancel_class",
    "close_calling",
    "create_round",
    "edit_class",
    "edit_round",
    "locked_application",
    "locked_class",
    "move_application",
    "move_class",
    "publish_call",
    "set_quotas",
    "set_score_sheet",
    "take_place",
]
