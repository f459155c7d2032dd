"""Where copies of messages may go: the form of an e-mail address and of a mobile number. Pure."""

from __future__ import annotations

import re

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
MOBILE = re.compile(r"1[3-9]\d{9}")
LONGEST_EMAIL = 120


def tidy_mobile(text: str) -> str:
    """Digits alone, without the country's 86."""
    digits = re.sub(r"[\s()+-]", "", text)
    return digits.removeprefix("86") if len(digits) == 13 else digits


def is_email(text: str) -> bool:
    return len(text) <= LONGEST_EMAIL and EMAIL.fullmatch(text) is not None


def is_mobile(text: str) -> bool:
    return MOBILE.fullmatch(text) is not None
