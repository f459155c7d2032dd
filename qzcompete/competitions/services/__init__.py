"""What changes competitions, their events, panels and uploads. Nothing here commits."""

from qzcompete.competitions.services.competitions import (
    CompetitionDraft,
    create_competition,
    edit_competition,
    set_competition_state,
)
from qzcompete.competitions.services.copying import copy_competition
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
from qzcompete.competitions.services.incidents import (
    DecisionDraft,
    IncidentDraft,
    decide_incident,
    report_incident,
)
from qzcompete.competitions.services.judges import (
    ProfileDraft,
    declare_relation,
    name_modules,
    save_profile,
    withdraw_relation,
)
from qzcompete.competitions.services.links import (
    OuterDraft,
    add_outer_competition,
    feed_digest,
    make_feed_token,
    revoke_feed_token,
)
from qzcompete.competitions.services.panels import JudgeSpec, check_panel, name_panel
from qzcompete.competitions.services.settings import set_settings
from qzcompete.competitions.services.sites import (
    EquipmentDraft,
    SessionDraft,
    add_equipment,
    add_regulations,
    add_stations,
    remove_equipment,
    remove_session,
    remove_station,
    save_session,
)
from qzcompete.competitions.services.time_points import postpone, set_time_points
from qzcompete.competitions.services.uploads import drop_upload, keep_upload

__all__ = [
    "MISSING",
    "CompetitionDraft",
    "DecisionDraft",
    "EquipmentDraft",
    "EventDraft",
    "IncidentDraft",
    "JudgeSpec",
    "OuterDraft",
    "ProfileDraft",
    "SessionDraft",
    "add_equipment",
    "add_outer_competition",
    "add_regulations",
    "add_stations",
    "cancel_event",
    "check_panel",
    "copy_competition",
    "create_competition",
    "create_event",
    "decide_incident",
    "declare_relation",
    "drop_upload",
    "edit_competition",
    "edit_event",
    "feed_digest",
    "hold_event",
    "keep_upload",
    "make_feed_token",
    "name_modules",
    "name_panel",
    "open_event",
    "postpone",
    "remove_equipment",
    "remove_session",
    "remove_station",
    "report_incident",
    "revoke_feed_token",
    "save_profile",
    "save_session",
    "set_competition_state",
    "set_event_state",
    "set_scheme",
    "set_settings",
    "set_time_points",
    "withdraw_relation",
]
