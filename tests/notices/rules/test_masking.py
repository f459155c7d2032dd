"""What is masked before it is stored, and what is not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qzcompete.notices.rules.masking import masked_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("韦梅静，450702199001011234，焊工", "韦梅静，450702********1234，焊工"),
        ("身份证号45070219900101123x。", "身份证号450702********123x。"),
        ("４５０７０２１９９００１０１１２３４", "450702********1234"),
        ("450702 19900101 1234", "450702********1234"),
        ("452802690101123", "452802*****1123"),
        ("卡号6222 0200 1234 5678 903", "卡号622202*********8903"),
        ("电话13807771234", "电话138****1234"),
        ("电话 +86 138-0777-1234", "电话 138****1234"),
        # Not personal: a landline, a date, an amount, a document's number, a credit code with letters.
        ("咨询电话：0777-2821234", "咨询电话：0777-2821234"),
        ("2026年11月26日至2026年12月2日", "2026年11月26日至2026年12月2日"),
        ("补助80000.00元，钦人社〔2026〕12号", "补助80000.00元，钦人社〔2026〕12号"),
        ("91450700MA5KX1234Y", "91450700MA5KX1234Y"),
    ],
)
def test_personal_numbers_are_masked_and_others_stay(text: str, masked: str) -> None:
    assert masked_text(text) == masked


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="韦梅静，。焊工 ", max_size=8),
    st.from_regex(r"\A[1-9][0-9]{16}[0-9X]\Z"),
    st.text(alphabet="韦梅静，。焊工", max_size=8),
    st.sampled_from(("", " ", "-")),
)
def test_no_identity_number_is_left_wherever_it_stands(
    before: str, number: str, after: str, gap: str
) -> None:
    typed = gap.join((number[:6], number[6:14], number[14:]))

    left = masked_text(f"{before}{typed}{after}")

    assert not re.search(r"\d{7}", left)
    assert masked_text(left) == left
