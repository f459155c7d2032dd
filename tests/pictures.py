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
    # Codes printed beside each other are found a dot higher or lower: a line is as high as a code.
    rows: list[list[zxingcpp.Barcode]] = []
    for code in sorted(found, key=lambda code: code.position.top_left.y):
        if rows and code.position.top_left.y < rows[-1][0].position.bottom_left.y:
            rows[-1].append(code)
        else:
            rows.append([code])
    return [code.text for row in rows for code in sorted(row, key=lambda code: code.position.top_left.x)]
