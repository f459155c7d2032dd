"""Artwork for documents: a drawn page kept as PDF objects that any other page can show as one form.

Knows PDF objects only; what is drawn, and on which page it is shown, is not decided here.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any


@dataclass(frozen=True, eq=False)
class Artwork:
    """A page drawn once, kept as a form: its objects, each a list of bytes and of numbers of other objects."""

    objects: tuple[tuple[bytes | int, ...], ...] = field(repr=False)


def collect_artwork(page: bytes) -> Artwork:
    """The first page of a PDF as a form, with everything it needs."""
    import pikepdf

    with pikepdf.open(io.BytesIO(page)) as drawn:
        form = drawn.make_indirect(drawn.pages[0].as_form_xobject())
        return Artwork(tuple(_Collector(form).objects()))


LEFT_OUT = frozenset({"/Length", "/StructParents", "/StructParent"})


class _Collector:
    """A form and every object it needs, numbered from 0 in the order they are met."""

    def __init__(self, root: Any) -> None:
        self._numbers: dict[tuple[int, int], int] = {}
        self._waiting: list[Any] = []
        self._number(root)

    def objects(self) -> Iterator[tuple[bytes | int, ...]]:
        import pikepdf

        for thing in self._waiting:  # grows while it is walked
            stream = isinstance(thing, pikepdf.Stream)
            yield tuple(self._stream(thing) if stream else self._parts(thing, top=True))

    def _number(self, thing: Any) -> int:
        if thing.objgen not in self._numbers:
            self._numbers[thing.objgen] = len(self._waiting)
            self._waiting.append(thing)
        return self._numbers[thing.objgen]

    def _stream(self, thing: Any) -> list[bytes | int]:
        content, filtered = thing.read_raw_bytes(), b""
        if "/Filter" not in thing:
            content, filtered = zlib.compress(content, 9), b"/Filter/FlateDecode"
        length = b"/Length %d>>\nstream\n" % len(content)
        return [b"<<", *self._entries(thing), filtered, length, content, b"\nendstream"]

    def _parts(self, thing: Any, top: bool = False) -> list[bytes | int]:
        import pikepdf

        if not top and isinstance(thing, pikepdf.Object) and thing.is_indirect:
            return [self._number(thing)]
        if isinstance(thing, pikepdf.Dictionary):
            return [b"<<", *self._entries(thing), b">>"]
        if isinstance(thing, pikepdf.Array):
            return [b"[", *(part for item in thing for part in (*self._parts(item), b" ")), b"]"]
        return [_scalar(thing)]

    def _entries(self, thing: Any) -> list[bytes | int]:
        kept = [(key, thing[key]) for key in sorted(thing.keys()) if key not in LEFT_OUT]
        return [part for key, value in kept for part in (key.encode(), b" ", *self._parts(value), b" ")]


def _scalar(thing: Any) -> bytes:
    if isinstance(thing, bool):
        return b"true" if thing else b"false"
    if isinstance(thing, int | float | Decimal):
        return str(thing).encode()
    return b"null" if thing is None else bytes(thing.unparse())


def add_artwork(pdf: Any, artwork: Artwork) -> bytes:
    base = len(pdf.objects)
    for data in _numbered(artwork, base):
        pdf.add_object(ready_made(data))
    return b"%d 0 R" % base


@lru_cache(maxsize=16)
def _numbered(artwork: Artwork, base: int) -> tuple[bytes, ...]:
    """Its objects as they stand in a file, the first with this number."""
    return tuple(
        b"".join(part if isinstance(part, bytes) else b"%d 0 R" % (base + part) for part in parts)
        for parts in artwork.objects
    )


def ready_made(data: bytes, compressible: bool = False, number: int | None = None) -> Any:
    return _ready_made_class()(data, compressible, number)


@cache
def _ready_made_class() -> Any:
    import pydyf  # type: ignore[import-untyped]

    class ReadyMade(pydyf.Object):  # type: ignore[misc]  # pydyf ships no types
        """An object whose bytes are written as they are."""

        def __init__(self, data: bytes, compressible: bool, number: int | None) -> None:
            super().__init__()
            self._data = data
            self.number = number
            self._compressible = compressible

        @property
        def compressible(self) -> bool:
            return self._compressible

        @property
        def data(self) -> bytes:
            return self._data

    return ReadyMade
