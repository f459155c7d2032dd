"""What a phone reads from the codes of a page, by a reader that is not the library that draws them."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import zxingcpp


def codes_of(pdf: bytes | Path, *, page: int = 0, dpi: int = 150) -> list[str]:
    """The text of each QR or bar code on one page of the PDF, in reading order."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[page].render(scale=dpi / 72).to_numpy()
        found = zxingcpp.read_barcodes(picture)
    return [
        code.text
        for code in sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    ]
