"""Which personal data the system holds: what for, on what ground, how long, and in which tables. Shown to everybody.

A test holds the tables to the models: no table of persons or encrypted texts may be missing here. The articles are
those of the Personal Information Protection Law (PIPL).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

DUTY = _l("To carry out statutory duties (PIPL, article 13, item 3)")
CONSENT = _l("With your consent (PIPL, article 13, item 1; article 29 for sensitive data)")


@dataclass(frozen=True)
class Kind:
    """`years` after the matter has ended; None for what the archive keeps for good."""

    name: object
    what: object
    purpose: object
    ground: object
    years: int | None
    tables: tuple[str, ...]


ENTRIES = Kind(
    _l("Entries"),
    _l("Event, organisation, standing, check-in; for minors the guardian's consent (encrypted)"),
    _l("Eligibility, the draw, and the running of the competition"),
    DUTY,
    10,
    ("entry", "entry_member", "substitution", "import_draft", "code_layer", "draw", "draw_commitment"),
)

RESULTS = Kind(
    _l("Results and what follows from them"),
    _l("Marks under a code, ranks, awards, promotions, appeals"),
    _l("Fair results that can be checked, and the awards and promotions that rest on them"),
    DUTY,
    None,
    ("promotion", "former_winner", "appeal"),
)

CERTIFICATES = Kind(
    _l("Certificates issued"),
    _l("Name, organisation, award or level; photo and document number (encrypted) of grade certificates"),
    _l("So that everybody can verify a certificate; verification shows the name masked"),
    DUTY,
    None,
    ("certificate", "person_photo"),
)

JUDGES = Kind(
    _l("Judges and experts"),
    _l("Employer, qualification, declared relations, marks and reviews"),
    _l("Naming panels without conflicts, and answering for marks"),
    DUTY,
    10,
    ("judge_profile", "judge_relation", "seat", "former_judge", "expert"),
)

STUDIOS = Kind(
    _l("Applications for studios and bases"),
    _l("What the applicant fills in and uploads (encrypted), people tied to the application, exclusions"),
    _l("The selection of studios and bases, and the supervision of the grants"),
    DUTY,
    10,
    ("application", "application_section", "application_associate", "selection_ban"),
)

REGISTER: tuple[Kind, ...] = (
    Kind(
        _l("Account and sign-in"),
        _l("Name, user name, roles, second factor and passkeys, devices that signed in"),
        _l("So that only those who may can act, and every act has its actor"),
        DUTY,
        3,
        (
            "account",
            "role_grant",
            "invitation",
            "second_factor",
            "passkey",
            "recovery_code",
            "sign_in_session",
            "api_token",
            "feed_token",
            "erasure",
        ),
    ),
    Kind(
        _l("Identity"),
        _l("Name, document number (encrypted), date of birth, telephone (encrypted)"),
        _l("So that a result and a certificate belong to one person, and nobody enters twice"),
        DUTY,
        None,
        ("person", "person_term"),
    ),
    ENTRIES,
    RESULTS,
    CERTIFICATES,
    JUDGES,
    STUDIOS,
    Kind(
        _l("Objections"),
        _l("Name, contact, statement and evidence of who objects (all encrypted)"),
        _l("Examining an objection; only its handler sees who objected"),
        CONSENT,
        3,
        ("objection", "objection_event", "objection_evidence"),
    ),
    Kind(
        _l("Messages to accounts"),
        _l("What was written to an account; e-mail address and mobile number (encrypted)"),
        _l("Telling those concerned in time"),
        CONSENT,
        3,
        ("message", "message_address", "message_delivery"),
    ),
    Kind(
        _l("Audit log"),
        _l("Who did what and when, without document numbers"),
        _l("So that no act can be denied and no change hidden; it cannot be altered or deleted"),
        DUTY,
        None,
        ("audit_row",),
    ),
)


@dataclass(frozen=True)
class Own:
    """What a person is given of one table: these columns of the rows whose `by` is the own account or person."""

    table: str
    by: str
    columns: tuple[str, ...]
    of: str = "account"


def own(table: str, by: str, columns: str, of: str = "account") -> Own:
    return Own(table, by, tuple(columns.split()), of)


# Never passwords, keys or hashes; nothing that a competitor or applicant may not know yet.
OWN: tuple[Own, ...] = (
    own("account", "id", "username name created_at"),
    own("role_grant", "account_id", "role scope_kind scope_id"),
    own("second_factor", "account_id", "confirmed_at"),
    own("passkey", "account_id", "name created_at used_at"),
    own("sign_in_session", "account_id", "agent started_at ended_at"),
    own("message_address", "account_id", "email mobile"),
    own("message", "account_id", "kind subject body created_at read_at"),
    own("judge_profile", "account_id", "qualification certificate level updated_at"),
    own("expert", "account_id", "name employer title fields active"),
    own("application", "account_id", "number leader_name host_name occupation_name submitted_at created_at"),
    own("appeal", "filed_by", "grounds state filed_at finding decided_at"),
    own("audit_row", "account_id", "at action subject"),
    own("person", "id", "name document_kind document_number born_on phone created_at", "person"),
    own(
        "entry",
        "person_id",
        "number name unit instructor status admission note guardian standing skill_level checked_in_at created_at",
        "person",
    ),
    own("entry_member", "person_id", "name leader", "person"),
    own("former_winner", "person_id", "occupation_code year award source", "person"),
    own("certificate", "person_id", "number kind state name unit award private issued_on", "person"),
    own("person_photo", "person_id", "uploaded_at", "person"),
    own("erasure", "account_id", "state asked_at decided_at answer"),
    own("promotion", "person_id", "year title basis state", "person"),
)
