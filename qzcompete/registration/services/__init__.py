"""What upper slices and the edge may ask of registration's writers."""

from qzcompete.registration.services.admission import (
    Accepted,
    accept,
    accept_submitted,
    mark_status,
    send_back,
    substitute,
    withdraw,
    withdraw_own,
)
from qzcompete.registration.services.check_in import check_in, end_check_in, undo_check_in
from qzcompete.registration.services.draw import (
    commit,
    draw,
    reveal_codes,
    reveal_seed,
)
from qzcompete.registration.services.eligibility import (
    ask_override,
    confirm_override,
    keep_winners,
    note_winner,
    set_rules,
)
from qzcompete.registration.services.entries import (
    CodedEntry,
    add_entry,
    import_entries,
    nominate,
    register,
    take_coded_entries,
)
from qzcompete.registration.services.keepers import (
    name_keepers,
    set_layers,
)
from qzcompete.registration.services.layers import (
    LayerLine,
    ask_opening,
    confirm_opening,
    keeper_lines,
    opened_lines,
)
from qzcompete.registration.services.own_accounts import make_own_account, reveal_number
from qzcompete.registration.services.plans import (
    FAULTS,
    EntryPlan,
    plan_import,
)
from qzcompete.registration.services.quotas import (
    end_quota,
    set_quota,
    set_setting,
)

__all__ = [
    "FAULTS",
    "Accepted",
    "CodedEntry",
    "EntryPlan",
    "LayerLine",
    "accept",
    "accept_submitted",
    "add_entry",
    "ask_opening",
    "ask_override",
    "check_in",
    "commit",
    "confirm_opening",
    "confirm_override",
    "draw",
    "end_check_in",
    "end_quota",
    "import_entries",
    "keep_winners",
    "keeper_lines",
    "make_own_account",
    "mark_status",
    "name_keepers",
    "nominate",
    "note_winner",
    "opened_lines",
    "plan_import",
    "register",
    "reveal_codes",
    "reveal_number",
    "reveal_seed",
    "send_back",
    "set_layers",
    "set_quota",
    "set_rules",
    "set_setting",
    "substitute",
    "take_coded_entries",
    "undo_check_in",
    "withdraw",
    "withdraw_own",
]
