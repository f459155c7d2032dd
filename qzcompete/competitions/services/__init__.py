"""What changes competitions, their events, panels and uploads. Nothing here commits."""

from qzcompete.competitions.services.competitions import (
    CompetitionDraft,
    create_competition,
    edit_competition,
    set_competition_state,
)
from qzcompete.competitions.services.events import (
    MISSING,
    EventDraft,
    cancel_event,
    create_event,
    edit_event,
    hold_event,
    open_event,
    set_event_state,
    set_scheme,
)
from qzcompete.competitions.services.panels import JudgeSpec, name_panel
from qzcompete.competitions.services.settings import set_settings
from qzcompete.competitions.services.time_points import postpone, set_time_points
from qzcompete.competitions.services.uploads import drop_upload, keep_upload

__all__ = [
    "MISSING",
    "CompetitionDraft",
    "EventDraft",
    "JudgeSpec",
    "cancel_event",
    "create_competition",
    "create_event",
    "drop_upload",
    "edit_competition",
    "edit_event",
    "hold_event",
    "keep_upload",
    "name_panel",
    "open_event",
    "postpone",
    "set_competition_state",
    "set_event_state",
    "set_scheme",
    "set_settings",
    "set_time_points",
]
