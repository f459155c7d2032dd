"""Why an expert may know nothing of an application: what the system finds by itself. Pure.

Old ties count no more after the class's number of years; a tie without a year always counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# What an expert may declare, and the system or the bureau may find.
KINDS = (
    "same_employer",
    "is_applicant",
    "is_host",
    "is_recommender",
    "teacher_or_apprentice",
    "co_author",
    "relative",
    "other",
)


@dataclass(frozen=True, slots=True)
class Tie:
    relation: str
    name: str
    last_year: int | None = None


@dataclass(frozen=True, slots=True)
class ExpertFacts:
    name: str
    employer: str
    account_id: int | None = None
    person_id: int | None = None
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    leader: str
    leader_employer: str
    host: str
    recommender: str = ""
    account_id: int | None = None
    person_id: int | None = None
    # Teachers, apprentices and co-authors of the leader.
    associates: tuple[Tie, ...] = ()


def tidy(name: str) -> str:
    """A name to compare: no spaces, brackets alike."""
    return re.sub(r"\s", "", name).replace("（", "(").replace("）", ")")


def fresh(tie: Tie, year: int, within: int) -> bool:
    return tie.last_year is None or tie.last_year >= year - within


def conflict_of(expert: ExpertFacts, application: ApplicationFacts, year: int, within: int) -> str | None:
    """The gravest conflict, one of KINDS; None where the system finds none."""
    name, employers = tidy(expert.name), {tidy(expert.employer)}
    ties = [tie for tie in expert.ties if fresh(tie, year, within)]
    employers |= {tidy(tie.name) for tie in ties if tie.relation == "employer"}
    employers.discard("")
    same_person = expert.person_id is not None and expert.person_id == application.person_id
    same_account = expert.account_id is not None and expert.account_id == application.account_id
    if same_person or same_account or name == tidy(application.leader):
        return "is_applicant"
    if tidy(application.host) in employers:
        return "is_host"
    if application.recommender and tidy(application.recommender) in employers:
        return "is_recommender"
    if tidy(application.leader_employer) in employers:
        return "same_employer"
    return personal_tie(name, ties, application, year, within)


def personal_tie(
    name: str, ties: list[Tie], application: ApplicationFacts, year: int, within: int
) -> str | None:
    named = {
        tie.relation for tie in application.associates if tidy(tie.name) == name and fresh(tie, year, within)
    }
    leader = tidy(application.leader)
    named |= {tie.relation for tie in ties if tie.relation != "employer" and tidy(tie.name) == leader}
    if named & {"teacher", "apprentice"}:
        return "teacher_or_apprentice"
    if "co_author" in named:
        return "co_author"
    return "relative" if "relative" in named else None
