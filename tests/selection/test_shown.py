"""What of an application is told to whom."""

from __future__ import annotations

from flask import Flask

from qzcompete.selection.forms.shown import shown_sections

LEADER = {"leader": {"name": "韦梅静", "phone": "13877771234", "document_number": "11010519491231002X"}}


def told(phones: bool) -> list[str]:
    sections = shown_sections("studio", LEADER, {}, phones=phones)
    return [value for section in sections for _label, value in section.lines]


def test_experts_learn_no_phone_and_nobody_a_whole_document_number(app: Flask) -> None:
    assert "13877771234" in told(phones=True)
    assert "13877771234" not in told(phones=False)
    assert "韦梅静" in told(phones=False)
    assert not [value for value in told(phones=True) if "19491231" in value]
