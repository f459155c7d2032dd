"""Everything that stands between the marks and their publication, in one list, each with the page where it is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qzcompete.competitions.queries import EventCard, open_incidents
from qzcompete.marking import queries as marking
from qzcompete.registration.queries import codes_are_sealed
from qzcompete.results.queries.rechecks import has_been_rechecked, open_corrections, open_recheck
from qzcompete.results.queries.settings import settings_of


@dataclass(frozen=True)
class OpenItem:
    """`kind` says what it is, `about` which; `stops`: nothing is published before it is settled. The page where it is
    mended is `endpoint` with `values`, for who has `permission` there."""

    kind: str
    about: str
    endpoint: str
    values: dict[str, Any]
    permission: str
    stops: bool = True


def close_list(event: EventCard) -> Sequence[OpenItem]:
    """In the order of the work; empty when the results may be compiled and published."""
    return [*marking_items(event), *incident_items(event), *code_items(event), *recheck_items(event)]


def marking_items(event: EventCard) -> list[OpenItem]:
    assessment = {"assessment_id": event.assessment_id}
    card = marking.assessment_card(event.assessment_id)
    if card.scheme_hash is None:
        here = {"code": event.code}
        return [OpenItem("no_scheme", "", "competitions.scheme", here, "competition.edit")]
    items = []
    if unsigned := marking.unsigned_sheets(event.assessment_id):
        items.append(OpenItem("unsigned", str(unsigned), "marking.watch", assessment, "assessment.watch"))
    aspects: dict[tuple[str, str], list[str]] = {}
    for blocker in marking.blockers(event.assessment_id):
        if hasattr(blocker, "award"):
            about = f"{blocker.award}：{'、'.join(blocker.entries)}"
            items.append(OpenItem("tie_at_award", about, "marking.ties", assessment, "assessment.close"))
        else:
            aspects.setdefault((blocker.kind, blocker.entry), []).append(blocker.aspect)
    for (kind, entry), codes in aspects.items():
        values = {**assessment, "code": entry}
        about = f"{entry}：{'、'.join(codes)}"
        items.append(OpenItem(kind, about, "marking.rounds", values, "assessment.close"))
    if not items and card.state != "closed":
        items.append(OpenItem("not_closed", "", "marking.watch", assessment, "assessment.watch"))
    return items


def incident_items(event: EventCard) -> list[OpenItem]:
    """Incidents that the hall has recorded and nobody has decided yet."""
    return [
        OpenItem(
            "incident",
            f"{one.station} · {one.text}" if one.station else one.text,
            "competitions.incidents",
            {"code": event.code},
            "incident.report",
        )
        for one in open_incidents(event.id)
    ]


def code_items(event: EventCard) -> list[OpenItem]:
    if marking.assessment_card(event.assessment_id).state == "closed" and codes_are_sealed(event.id):
        return [OpenItem("sealed", "", "ceremony.office", {"code": event.code}, "entry.import")]
    return []


def recheck_items(event: EventCard) -> list[OpenItem]:
    here = {"code": event.code}
    items = []
    if open_recheck(event.id) is not None:
        items.append(OpenItem("recheck_open", "", "results.recheck", here, "result.recheck"))
    if count := open_corrections(event.id):
        items.append(OpenItem("correction", str(count), "results.corrections", here, "assessment.close"))
    closed = marking.assessment_card(event.assessment_id).state == "closed"
    if closed and not items and not has_been_rechecked(event.id):
        required = settings_of(event.competition.id)["recheck_required"] == "yes"
        items.append(
            OpenItem("recheck_missing", "", "results.recheck", here, "result.recheck", stops=required)
        )
    return items
