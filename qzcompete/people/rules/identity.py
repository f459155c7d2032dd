"""Identity documents, social credit codes and personal names: what is an error, what only a warning.

GB 11643 (resident identity number) and GB 32100 (unified social credit code). A region code is never an
error: people born before 1994 hold numbers of regions that no longer exist.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn import ric, uscc  # type: ignore[import-untyped]
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength, ValidationError  # type: ignore[import-untyped]

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
NAME_MIDDLE_DOTS = "•‧∙・．."
NAME_LENGTH = 40
# Ideographs by block, for Python's own tables lag behind Unicode: all of GB 18030-2022 level 3 (A to F), and the later
# blocks G, H and I, which hold characters of personal names too. What no font can draw is told before printing.
IDEOGRAPHS = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2EE5F),
    (0x2F800, 0x2FA1F),
    (0x30000, 0x323AF),
)

DOCUMENT_KINDS = ("resident_id", "residence_permit", "foreigner_permit", "passport")


def tidy_number(text: str) -> str:
    """As it is stored: without spaces, letters upper-case, full-width digits made plain."""
    plain = "".join(chr(ord(sign) - 0xFEE0) if 0xFF01 <= ord(sign) <= 0xFF5E else sign for sign in text)
    return re.sub(r"\s", "", plain).upper()


def resident_fault(number: str) -> str | None:
    """Why a tidy resident identity number is wrong: `length`, `characters`, `date`, `check_digit`; or None."""
    if len(number) != 18:
        return "length"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "characters"
    if birth_date(number) is None:
        return "date"
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], RESIDENT_WEIGHTS, strict=True))
    return None if RESIDENT_CHECKS[total % 11] == number[17] else "check_digit"


def birth_date(number: str) -> date | None:
    """The date in a resident identity number of 18 characters; None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def born_on(kind: str, number: str) -> date | None:
    """The date of birth that a document of this kind tells; none where it tells none."""
    return birth_date(number) if kind in ("resident_id", "residence_permit") else None


def document_fault(kind: str, number: str) -> str | None:
    """As `resident_fault`, for any kind of document; `kind` for an unknown one."""
    if kind not in DOCUMENT_KINDS:
        return "kind"
    if kind in ("resident_id", "residence_permit"):
        return resident_fault(number)
    return None if re.fullmatch(r"[A-Z0-9]{5,20}", number) else "characters"


def region_is_odd(number: str) -> bool:
    """Whether the region of a sound resident number is unknown, or was none when its holder was born. No fault:
    numbers name the region of the first registration, and lists of regions have gaps."""
    try:
        ric.get_birth_place(number)
    except InvalidComponent:
        return True
    return False


def credit_code_fault(code: str) -> str | None:
    """Why a tidy unified social credit code is wrong: `length`, `characters`, `check_digit`; or None."""
    try:
        uscc.validate(code)
    except InvalidLength:
        return "length"
    except InvalidChecksum:
        return "check_digit"
    except ValidationError:
        return "characters"
    return None


def tidy_name(text: str) -> str:
    """A name as it is stored: outer spaces gone, every kind of middle dot the one of Chinese text (U+00B7)."""
    name = re.sub(r"\s+", " ", text).strip()
    for dot in NAME_MIDDLE_DOTS:
        name = re.sub(rf"(?<=[^\x00-\x7f]){re.escape(dot)}(?=[^\x00-\x7f])", "·", name)
    return name


def name_fault(name: str) -> str | None:
    """Why a tidy name cannot be one: `empty`, `length`, `characters`; or None."""
    if not name:
        return "empty"
    if len(name) > NAME_LENGTH:
        return "length"
    return None if all(is_letter(sign) or sign in "·-' ." for sign in name) else "characters"


def is_letter(sign: str) -> bool:
    return sign.isalpha() or any(first <= ord(sign) <= last for first, last in IDEOGRAPHS)


def masked_number(number: str) -> str:
    """First six and last four stay; shorter numbers keep their last two."""
    if len(number) < 12:
        return "*" * (len(number) - 2) + number[-2:]
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def search_terms(search: str) -> set[str]:
    """What a search may begin with: '韦梅静 weimeijing wmj' gives the three, and 梅静 and 静.

    A name of several words has each of its ends too; the last two words are pinyin and initials, as `search_text` writes them.
    """
    name, *latin = search.rsplit(" ", 2)
    return {name[place:].strip() for place in range(len(name))} | set(latin) - {""}
