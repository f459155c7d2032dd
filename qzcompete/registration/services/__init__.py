"""What upper slices and the edge may ask of registration's writers."""

from qzcompete.registration.services.draw import draw, reveal_codes
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

__all__ = [
    "FAULTS",
    "CodedEntry",
    "EntryPlan",
    "add_entry",
    "draw",
    "import_entries",
    "mark_status",
    "plan_import",
    "reveal_codes",
    "take_coded_entries",
    "withdraw",
]
