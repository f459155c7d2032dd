"""What upper slices and the edge may ask of registration's writers."""

from qzcompete.registration.services.draw import commit, draw, reveal_codes, reveal_seed
from qzcompete.registration.services.entries import (
    FAULTS,
    CodedEntry,
    EntryPlan,
    add_entry,
    import_entries,
    mark_status,
    plan_import,
    take_coded_entries,
    withdraw,
)
from qzcompete.registration.services.keepers import name_keepers, set_layers
from qzcompete.registration.services.layers import (
    LayerLine,
    ask_opening,
    confirm_opening,
    keeper_lines,
    opened_lines,
)

__all__ = [
    "FAULTS",
    "CodedEntry",
    "EntryPlan",
    "LayerLine",
    "add_entry",
    "ask_opening",
    "commit",
    "confirm_opening",
    "draw",
    "import_entries",
    "keeper_lines",
    "mark_status",
    "name_keepers",
    "opened_lines",
    "plan_import",
    "reveal_codes",
    "reveal_seed",
    "set_layers",
    "take_coded_entries",
    "withdraw",
]
