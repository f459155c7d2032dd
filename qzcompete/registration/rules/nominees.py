"""Joins the rows of a sheet to entries: each row is one, or the rows of one team together are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qzcompete.registration.rules.entry_sheet import CellFault, EntryRow


@dataclass(frozen=True, slots=True)
class Nominee:
    """One entry that is asked for: a competitor, or a team with its leader first."""

    members: tuple[EntryRow, ...]

    @property
    def lead(self) -> EntryRow:
        return self.members[0]

    @property
    def name(self) -> str:
        return self.lead.team or self.lead.name

    @property
    def row(self) -> int:
        return min(member.row for member in self.members)


def nominees(rows: Sequence[EntryRow], team_size: int) -> tuple[tuple[Nominee, ...], tuple[CellFault, ...]]:
    """The entries that the rows mean, in their order, and what is wrong with the teams."""
    if team_size == 1:
        return tuple(Nominee((row,)) for row in rows), ()
    teams: dict[str, list[EntryRow]] = {}
    faults = []
    for row in rows:
        if row.team:
            teams.setdefault(row.team, []).append(row)
        else:
            faults.append(CellFault(row.row, "team", "team_empty"))
    for members in teams.values():
        faults += team_faults(members, team_size)
    return tuple(Nominee(leader_first(members)) for members in teams.values()), tuple(faults)


def team_faults(members: Sequence[EntryRow], team_size: int) -> list[CellFault]:
    faults = []
    if len(members) != team_size:
        faults.append(CellFault(members[0].row, "team", "team_size"))
    for row in [row for row in members if row.leader][1:]:
        faults.append(CellFault(row.row, "leader", "two_leaders"))
    return faults


def leader_first(members: Sequence[EntryRow]) -> tuple[EntryRow, ...]:
    """Who is called leader, else the first, leads."""
    return tuple(sorted(members, key=lambda row: not row.leader))
