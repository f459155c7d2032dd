"""What registration's other files and upper slices may read."""

from qzcompete.registration.queries.codes import (
    CodeLine,
    DrawCard,
    code_list,
    draw_card,
    entry_of_code,
    work_code,
)
from qzcompete.registration.queries.entries import (
    STATUSES,
    EntryCard,
    entries,
    entries_of_person,
    entry_card,
    entry_counts,
    entry_page,
    names_of_documents,
    organisation_ids,
)

__all__ = [
    "STATUSES",
    "CodeLine",
    "DrawCard",
    "EntryCard",
    "code_list",
    "draw_card",
    "entries",
    "entries_of_person",
    "entry_card",
    "entry_counts",
    "entry_of_code",
    "entry_page",
    "names_of_documents",
    "organisation_ids",
    "work_code",
]
