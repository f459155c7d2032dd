"""What becomes of personal data: what goes when its time has run out, what goes with an account, and what the law keeps.

The years stand in the register (`personal.py`); here stand the tables. Children come before their parents.
"""

from __future__ import annotations

from dataclasses import dataclass

from qzcompete.oversight.personal import CERTIFICATES, ENTRIES, JUDGES, REGISTER, RESULTS, STUDIOS, Kind


@dataclass(frozen=True)
class RunOut:
    """What goes when the years of its kind have passed since `since`: the rows, or only the columns `emptied`.

    `through` is the column that names a row of the table `parent`, whose `since` counts then. `matter` are years
    that the matter itself lasts after `since` at the most.
    """

    table: str
    since: str
    emptied: tuple[str, ...] = ()
    through: str = ""
    parent: str = ""
    matter: int = 0

    @property
    def years(self) -> int:
        known = next(kind.years for kind in REGISTER if (self.parent or self.table) in kind.tables)
        assert known is not None, f"{self.table} is kept for good"
        return known + self.matter


# A selection lasts a year, its term two or three, and the assessment at the end of the term a year at the most.
SELECTION_YEARS = 5

RUN_OUT: tuple[RunOut, ...] = (
    RunOut("message_delivery", "created_at", through="message_id", parent="message"),
    RunOut("message", "created_at"),
    RunOut("sign_in_session", "started_at"),
    RunOut("import_draft", "created_at"),
    RunOut("entry", "created_at", emptied=("guardian",), matter=1),
    RunOut("objection_evidence", "closed_at", through="objection_id", parent="objection"),
    RunOut("objection", "closed_at", emptied=("objector", "contact", "statement")),
    RunOut("judge_relation", "declared_at"),
    RunOut(
        "application_section", "created_at", ("content",), "application_id", "application", SELECTION_YEARS
    ),
    RunOut("application_associate", "created_at", (), "application_id", "application", SELECTION_YEARS),
    RunOut("application_attachment", "created_at", (), "application_id", "application", SELECTION_YEARS),
)


@dataclass(frozen=True)
class Goes:
    """Rows that are deleted with an account: its own, or those that name by `through` a row of `parent` that is its own.

    `unless` names a kind of the register: where rows of it are kept, these are too.
    """

    table: str
    through: str = ""
    parent: str = ""
    unless: Kind | None = None


GOES: tuple[Goes, ...] = (
    Goes("message_delivery", "message_id", "message"),
    Goes("message"),
    Goes("message_address"),
    Goes("sign_in_session"),
    Goes("recovery_code"),
    Goes("second_factor"),
    Goes("passkey"),
    Goes("invitation"),
    Goes("feed_token"),
    Goes("import_draft"),
    Goes("application_section", "application_id", "application", STUDIOS),
    Goes("application_associate", "application_id", "application", STUDIOS),
    Goes("application_attachment", "application_id", "application", STUDIOS),
)


@dataclass(frozen=True)
class Keeps:
    """Rows that keep an identity for as long as their kind is kept: those whose `by` is the account or the person.

    `since` begins the years of the kind; `told` must stand in the row, else it keeps nothing.
    """

    kind: Kind
    table: str
    by: str = "person_id"
    since: str = ""
    told: str = ""


KEEPS: tuple[Keeps, ...] = (
    Keeps(CERTIFICATES, "certificate"),
    Keeps(RESULTS, "promotion"),
    Keeps(RESULTS, "former_winner"),
    Keeps(ENTRIES, "entry", since="created_at"),
    Keeps(ENTRIES, "entry_member"),
    Keeps(JUDGES, "seat", "account_id"),
    Keeps(JUDGES, "expert", "account_id"),
    Keeps(STUDIOS, "application", "account_id", "created_at", "submitted_at"),
    Keeps(STUDIOS, "selection_ban"),
)

# What stands where a name stood, on Chinese pages and in Chinese files as on any other.
ERASED_NAME = "已注销"


@dataclass(frozen=True)
class Named:
    """A column that repeats the name of the person whom `by` names, and others that tell of the person."""

    table: str
    column: str = "name"
    by: str = "person_id"
    emptied: tuple[str, ...] = ()


NAMED: tuple[Named, ...] = (
    Named("entry", emptied=("guardian", "note")),
    Named("substitution"),
    Named("substitution", "former_name", "former_person_id"),
    Named("application", "leader_name", emptied=("promised_name",)),
)
