"""The whole life of a selection: what each role may do in each state, and which state follows. Pure tables.

A *class* is one kind (studios, bases) within a round; it goes through the stages as a whole. An *application* goes
its own way beside it. Whoever wants to know how the city selects reads this file from the top.
"""

from __future__ import annotations

from dataclasses import dataclass

# The thirteen stages, in the order of the work, each with the states of the class that belong to it.
STAGES: tuple[tuple[str, frozenset[str]], ...] = (
    ("call", frozenset({"draft"})),
    ("apply", frozenset({"calling"})),
    ("recommend", frozenset({"recommending"})),
    ("check", frozenset({"checking"})),
    ("review", frozenset({"drawing", "reviewing"})),
    ("visit", frozenset({"visiting"})),
    ("decide", frozenset({"deciding", "decided"})),
    ("notice", frozenset({"noticing"})),
    ("designate", frozenset({"noticed"})),
    ("grant", frozenset()),
    ("assess", frozenset({"designated"})),
    ("end_of_term", frozenset()),
    ("renew_or_remove", frozenset({"ended"})),
)


@dataclass(frozen=True, slots=True)
class Move:
    """In `state`, one of `roles` may take `action`; then the state is `next`. `reason`: only with one."""

    state: str
    action: str
    roles: frozenset[str]
    next: str
    reason: bool = False


def move(state: str, action: str, roles: str, following: str, *, reason: bool = False) -> Move:
    return Move(state, action, frozenset(roles.split()), following, reason)


# A class of a round. Grants, assessments and renewals then go on for each designated application by itself.
CLASS_MOVES: tuple[Move, ...] = (
    # 1 call
    move("draft", "call", "officer", "calling"),
    # 2 apply: until the window ends
    move("calling", "close_calling", "officer system", "recommending"),
    # 3 recommend: the proof that each quota was kept is made at the close
    move("recommending", "close_recommending", "officer system", "checking"),
    # 4 check
    move("checking", "close_checking", "officer", "drawing"),
    # 5 review: experts drawn, conflicts declared, then the assessment opens
    move("drawing", "open_review", "officer", "reviewing"),
    move("reviewing", "close_review", "chair officer", "visiting"),
    # 6 visit
    move("visiting", "close_visiting", "officer", "deciding"),
    # 7 decide
    move("deciding", "decide", "chair", "decided"),
    # 8 notice: begins anew for the full period whenever an upheld objection changed the list
    move("decided", "publish_notice", "officer", "noticing"),
    move("noticing", "restart_notice", "officer system", "decided", reason=True),
    move("noticing", "end_notice", "officer system", "noticed"),
    move("noticed", "restart_notice", "officer system", "decided", reason=True),
    # 9 designate, then 10 grant, 11 assess, 12 end of term, 13 renew or remove
    move("noticed", "designate", "officer", "designated"),
    move("designated", "end_term", "officer system", "ended"),
    *(
        move(state, "cancel", "officer", "cancelled", reason=True)
        for state in (
            "draft",
            "calling",
            "recommending",
            "checking",
            "drawing",
            "reviewing",
            "visiting",
            "deciding",
        )
    ),
)

APPLICATION_MOVES: tuple[Move, ...] = (
    # 2 apply
    move("draft", "submit", "applicant", "submitted"),
    move("draft", "lapse", "officer system", "lapsed"),
    # 3 recommend, or return section by section
    move("submitted", "return", "recommender", "returned", reason=True),
    move("returned", "submit", "applicant", "submitted"),
    move("submitted", "recommend", "recommender", "recommended", reason=True),
    move("recommended", "take_back", "recommender", "submitted", reason=True),
    move("submitted", "decline", "recommender", "declined", reason=True),
    move("submitted", "lapse", "officer system", "lapsed"),
    move("returned", "lapse", "officer system", "lapsed"),
    # 4 check
    move("recommended", "find_eligible", "officer", "eligible"),
    move("recommended", "find_ineligible", "officer", "ineligible", reason=True),
    # 5 review
    move("eligible", "review", "chair officer", "reviewed"),
    move("reviewed", "pass_over", "chair officer", "rejected", reason=True),
    # 6 visit
    move("reviewed", "visit", "officer", "visited"),
    # 7 decide
    move("visited", "choose", "chair", "chosen", reason=True),
    move("visited", "reserve", "chair", "reserved"),
    move("visited", "reject", "chair", "rejected", reason=True),
    # 8 notice: an upheld objection removes the candidate and the next of the reserve list moves up
    move("chosen", "announce", "officer system", "announced"),
    move("announced", "announce", "officer system", "announced"),
    move("reserved", "move_up", "officer system", "chosen", reason=True),
    # 9 designate
    move("announced", "designate", "officer", "designated"),
    # 11 assessment of a year, 12 of the whole term: who fails gets a period to correct
    *(move(state, "pass_assessment", "officer system", state) for state in ("designated", "renewed")),
    *(
        move(state, "fail_assessment", "officer system", "correcting", reason=True)
        for state in ("designated", "renewed")
    ),
    move("correcting", "pass_assessment", "officer system", "designated"),
    # 13 renewed for another term, ended or removed
    *(move(state, "renew", "officer", "renewed", reason=True) for state in ("designated", "renewed")),
    *(move(state, "end", "officer system", "ended") for state in ("designated", "renewed")),
    *(
        move(state, "remove", "officer", "removed", reason=True)
        for state in ("designated", "renewed", "correcting")
    ),
    *(
        move(state, "withdraw", "applicant", "withdrawn", reason=True)
        for state in (
            "draft",
            "submitted",
            "returned",
            "recommended",
            "eligible",
            "reviewed",
            "visited",
            "chosen",
            "announced",
            "reserved",
        )
    ),
    *(
        move(state, "exclude", "officer", "excluded", reason=True)
        for state in ("recommended", "eligible", "reviewed", "visited", "chosen", "announced", "reserved")
    ),
)


def states_of(moves: tuple[Move, ...]) -> tuple[str, ...]:
    """Every state, in the order in which the table names it."""
    return tuple(dict.fromkeys(name for one in moves for name in (one.state, one.next)))


CLASS_STATES = states_of(CLASS_MOVES)
APPLICATION_STATES = states_of(APPLICATION_MOVES)

# What the applicant may still change, and what has left the competition for the places.
EDITABLE = frozenset({"draft", "returned"})
OUT = frozenset({"withdrawn", "lapsed", "declined", "ineligible", "excluded", "rejected"})
# Holds its title, in the first term or a later one.
IN_TERM = frozenset({"designated", "renewed"})
# Stands in the register; and has been designated, whatever became of the title.
STANDING = IN_TERM | {"correcting"}
TITLED = STANDING | {"ended", "removed"}
# In the hands of the experts or later: what a review's reader may ever see.
IN_REVIEW = frozenset({"eligible", "reviewed", "visited", "chosen", "announced", "reserved"})


def move_of(moves: tuple[Move, ...], state: str, action: str) -> Move | None:
    """The move that `action` is in this state; None where there is none."""
    return next((one for one in moves if one.state == state and one.action == action), None)


def actions_in(moves: tuple[Move, ...], state: str, role: str) -> tuple[str, ...]:
    """What the role may do in this state."""
    return tuple(one.action for one in moves if one.state == state and role in one.roles)


def move_fault(moves: tuple[Move, ...], state: str, action: str, role: str, reason: str) -> str | None:
    """Why the move is refused: `state`, `role`, `reason`; or None."""
    found = move_of(moves, state, action)
    if found is None:
        return "state"
    if role not in found.roles:
        return "role"
    return "reason" if found.reason and not reason.strip() else None


def stage_of(class_state: str) -> str | None:
    """The stage in which a class is; None once it is cancelled."""
    return next((name for name, states in STAGES if class_state in states), None)
