"""What makes a password acceptable (NIST SP 800-63B): long enough, not common, not the user's own name."""

from __future__ import annotations

LEAST = 10
MOST = 128
COMMON = frozenset(
    [
        "password",
        "password1",
        "password123",
        "1234567890",
        "12345678910",
        "qwertyuiop",
        "qwerty12345",
        "1q2w3e4r5t",
        "admin12345",
        "iloveyou123",
        "abc1234567",
        "a123456789",
        "aa12345678",
        "woaini1314",
        "woaini520",
        "5201314520",
        "1111111111",
        "0123456789",
        "9876543210",
        "qinzhou2026",
        "qinzhou123",
        "qzcompete123",
    ]
)


def password_fault(password: str, username: str) -> str | None:
    """Why it is refused: `short`, `long`, `common`, `username`, `repeated`; or None."""
    if len(password) < LEAST:
        return "short"
    if len(password) > MOST:
        return "long"
    if password.lower() in COMMON:
        return "common"
    if username and username.lower() in password.lower():
        return "username"
    return "repeated" if len(set(password)) < 4 else None
