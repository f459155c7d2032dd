"""Templates: sandboxed wording, versions that freeze, the preview, and all designs of our own on paper."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from qzcompete.certificates import previews, queries, services
from qzcompete.certificates.documents import artwork_page
from qzcompete.certificates.phrases import PhraseFault, phrase
from qzcompete.certificates.rules.design import DESIGNS, FIELDS
from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.worker import Worker
from tests.results.contest import CODE, held_contest, publish

SignIn = Callable[..., FlaskClient]
DAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ name.upper() }}",
        "{% for i in 'abc' %}x{% endfor %}",
        "{% include 'award.html' %}",
        "{% set x = 1 %}",
        "{{ name|safe }}",
        "{{ name|attr('x') }}",
        "{{ range(9) }}",
        "{{ name[0] }}",
        "{{ name",
    ],
)
def test_a_wording_holds_names_and_choices_alone(source: str) -> None:
    with pytest.raises(PhraseFault):
        phrase(source, FIELDS)


def test_names_are_filled_in_and_never_become_markup() -> None:
    made = phrase("{{ name }}{% if unit %}（{{ unit }}）{% endif %}", {"name": "<b>王</b>", "unit": "市局"})

    assert str(made.html) == "&lt;b&gt;王&lt;/b&gt;（市局）"
    assert made.unknown == ()


def test_an_unknown_name_is_shown_in_red_and_listed() -> None:
    made = phrase("在{{ competiton }}中", FIELDS)

    assert made.unknown == ("competiton",)
    assert '<span class="unknown">〈competiton〉</span>' in str(made.html)


@pytest.mark.parametrize("kind", DESIGNS)
def test_every_design_is_one_tagged_page_in_fonts_of_ours(kind: str) -> None:
    made = previews.preview(DESIGNS[kind], DAY)

    opened = pikepdf.open(io.BytesIO(made))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).replace("\n", "")
    with opened.open_metadata() as told:
        assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("3", "A")
    assert len(opened.pages) == 1
    assert opened.Root.Lang == "zh-CN" and opened.Root.MarkInfo.Marked
    assert FIELDS["number"] in str(opened.docinfo["/Title"])
    assert "二〇二六年十一月二十六日" in text.replace(" ", "")


@pytest.mark.parametrize("kind", DESIGNS)
def test_the_drawing_of_a_design_has_no_gradient_or_filter_for_readers_drop_them(kind: str) -> None:
    drawing = artwork_page(DESIGNS[kind], FIELDS["committee"], sample=False)

    assert "<path" in drawing
    assert not re.search(r"gradient|<filter|<mask|opacity", drawing, re.IGNORECASE)


@pytest.mark.parametrize("kind", ["award", "plaque", "letter", "grade"])
def test_the_longest_and_the_rarest_names_keep_to_one_page(kind: str) -> None:
    base = previews.invented(DESIGNS[kind], DAY)
    for name in ("㛃䶮𬱖𣲗𫖯𠅤𬭩", "阿依古丽·买买提" * 4, "王"):
        text = replace(base, name=name)
        made = previews.preview(DESIGNS[kind], DAY, text)
        assert len(pikepdf.open(io.BytesIO(made)).pages) == 1


def test_a_version_is_frozen_by_its_first_certificate(app: Flask) -> None:
    publish(held_contest())
    with unit():
        card = services.create_template(SYSTEM, "award", "红色模板")
        services.change_version(
            SYSTEM, card.template_id, 1, replace(card.design, title="获奖证书", closing="特此表彰。")
        )
    with unit():
        services.issue_batch(SYSTEM, CODE, template_version_id=card.id)
    Worker(app).run(until_idle=True)

    with pytest.raises(RuleBroken) as refusal, unit():
        services.change_version(SYSTEM, card.template_id, 1, card.design)
    with unit():
        second = services.next_version(SYSTEM, card.template_id, 1)

    file = queries.files().get(queries.of_event(CODE)[0].file_hash or "")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages).replace(" ", "")
    assert refusal.value.code == "frozen"
    assert (second.version, second.design.title, second.frozen_at) == (2, "获奖证书", None)
    assert "获奖证书" in text and "特此表彰。" in text


@pytest.mark.parametrize(
    ("field", "value"), [("wording", "{{ nonsense }}"), ("title", "{{ ''.x }}"), ("closing", "\ue001")]
)
def test_a_template_that_cannot_be_printed_is_not_kept(app: Flask, field: str, value: str) -> None:
    with unit():
        card = services.create_template(SYSTEM, "award", "模板")

    with pytest.raises(RuleBroken), unit():
        services.change_version(SYSTEM, card.template_id, 1, replace(card.design, **{field: value}))

    assert queries.template_version(card.template_id, 1).design == DESIGNS["award"]


def test_the_officer_designs_with_a_preview_of_what_stands_in_the_form(sign_in: SignIn) -> None:
    officer = sign_in("officer")
    made = officer.post("/certificates/templates", data={"kind": "award", "name": "新模板"})
    path = made.headers["Location"]

    preview = officer.post(f"{path}/preview.pdf", data={"title": "试印", "wording": "在{{ wrong }}中"})
    wrong = officer.post(path, data={"title": "试印", "wording": "在{{ wrong }}中"})
    right = officer.post(path, data={"title": "试印", "wording": "在{{ competition }}中"})

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(preview.data)).pages)
    assert preview.mimetype == "application/pdf" and "试印" in text.replace(" ", "") and "〈wrong〉" in text
    assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "以下字段无法识别：wrong" in wrong.text and "在{{ wrong }}中" in wrong.text
    assert officer.get(path).status_code == 200


def test_a_plaque_and_a_letter_are_issued_one_by_one(app: Flask, sign_in: SignIn) -> None:
    with unit():
        plaque = services.issue_single(
            SYSTEM, services.Single("plaque", "韦梅静坭兴陶技能大师工作室", "钦州市技能大师工作室")
        )
        key = plaque.id
    officer = sign_in("officer")
    letter = officer.post(
        "/certificates/new",
        data={
            "kind": "letter",
            "name": "钦州市公共实训基地",
            "competition": "大赛",
            "text": "贵单位出力甚多。",
        },
    )
    Worker(app).run(until_idle=True)
    db.session.expire_all()

    file = queries.files().get(queries.certificate(key).file_hash or "")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    assert letter.status_code == 302
    assert queries.certificate(key).number.startswith("QZTP-")
    assert "韦梅静坭兴陶技能大师工作室" in text.replace("\n", "")
    assert officer.get(letter.headers["Location"]).status_code == 200


def test_instructors_get_theirs_once(app: Flask) -> None:
    publish(held_contest(instructor="李建国、王芳"))
    with unit():
        services.issue_instructors(SYSTEM, CODE)
    with unit():
        services.issue_instructors(SYSTEM, CODE)

    names = sorted(row.name for row in queries.of_event(CODE) if row.kind == "instructor")
    assert names == ["李建国"] * 3 + ["王芳"] * 3
    assert all(row.text["text"] for row in queries.of_event(CODE) if row.kind == "instructor")
