"""Column types that hold what the trade needs exactly: moments in UTC, decimals, states, personal data.

Nothing here is a float. Personal data is encrypted at rest and found again by a keyed hash.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class FileHash(String):
    """The name of a kept file. What no column of this type names may be swept away."""

    def __init__(self, length: int = 64) -> None:
        super().__init__(length)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal of at most `places` decimals, stored as a whole number of 10^-places on every engine."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise ValueError(f"{value!r} is not a Decimal")
        scaled = value.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


class JsonDocument(TypeDecorator[Any]):
    """A JSON value; jsonb on PostgreSQL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))


def state_column(states: type[enum.Enum]) -> Enum:
    """The type of a column that holds one of `states`, by value, guarded by a CHECK."""
    values: Sequence[str] = [state.value for state in states]
    name = "".join("_" + letter.lower() if letter.isupper() else letter for letter in states.__name__).lstrip(
        "_"
    )
    return Enum(
        states,
        values_callable=lambda _: values,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=name,
    )


# `info` of a column that names a file whose content is encrypted by the same keys.
ENCRYPTED_FILE = "encrypted_file"


class EncryptedText(TypeDecorator[str]):
    """Text that only the application can read: Fernet (AES-128-CBC + HMAC), newest key first."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else box().encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return box().decrypt(bytes(value)).decode()
        except InvalidToken as error:
            raise ValueError("no key of QZ_FIELD_KEYS opens this value") from error


class BlindIndex(String):
    """A keyed hash by which an encrypted value is found again (see `blind_index`)."""

    def __init__(self) -> None:
        super().__init__(64)


def box() -> MultiFernet:
    keys: tuple[str, ...] = current_app.config["QZ"].field_keys
    return MultiFernet([Fernet(key) for key in keys])


def blind_index(purpose: str, value: str) -> str:
    """HMAC-SHA256 of `value` under a key of its own for `purpose`, in hex. The oldest key makes it, so that
    rotation of the newest does not lose what is stored."""
    oldest: str = current_app.config["QZ"].field_keys[-1]
    key = hmac.digest(base64.urlsafe_b64decode(oldest), f"blind-index:{purpose}".encode(), hashlib.sha256)
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
