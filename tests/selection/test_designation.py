"""Never more designations than the quota: by service, by hand, and when two officers take the last place at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from qzcompete.core.clock import now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit as write
from qzcompete.extensions import db
from qzcompete.selection import services
from qzcompete.selection.models import Application, DesignationPlace
from tests.selection.city import application, studio_class


def test_a_sixth_designation_is_refused_when_all_places_are_taken(both_engines: Flask) -> None:
    class_ = studio_class(quota=5)
    for number in range(5):
        services.take_place(application(class_.id, f"S-{number}"))

    with pytest.raises(RuleBroken) as caught:
        services.take_place(application(class_.id, "S-6"))

    assert caught.value.code == "ck_designation_place_place_within_quota"
    assert db.session.scalar(select(func.count()).select_from(DesignationPlace)) == 5


@pytest.mark.parametrize(("place", "quota"), [(6, 5), (6, 6), (5, 5), (0, 5)])
def test_the_database_refuses_a_row_when_it_is_beyond_the_quota(
    both_engines: Flask, place: int, quota: int
) -> None:
    class_ = studio_class(quota=5)
    for number in range(5):
        services.take_place(application(class_.id, f"S-{number}"))
    sixth = application(class_.id, "S-6")

    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(
            DesignationPlace(
                class_id=class_.id, place=place, quota=quota, application_id=sixth.id, designated_at=now()
            )
        )


def test_one_gets_the_last_place_when_two_officers_designate_at_once(both_engines: Flask) -> None:
    with write():
        class_ = studio_class(quota=1)
        ids = [application(class_.id, number).id for number in ("S-1", "S-2")]
    together = Barrier(2)

    def designate(application_id: int) -> str:
        with both_engines.app_context():
            try:
                together.wait(5)
                with write():
                    services.take_place(db.session.get_one(Application, application_id))
            except RuleBroken as broken:
                return broken.code
            finally:
                db.session.remove()
            return "designated"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(designate, ids))

    assert answers == ["ck_designation_place_place_within_quota", "designated"]
