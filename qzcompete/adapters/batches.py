"""Batches of one-page PDF documents: the artwork is drawn once, and pages of one shape are laid out once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import cached_property, partial
from typing import Any

from qzcompete.adapters import fonts
from qzcompete.adapters.artwork import Artwork, add_artwork
from qzcompete.adapters.images import add_image
from qzcompete.adapters.pdf import DoesNotFit, PdfError, Press
from qzcompete.adapters.sheet import Attachment, Sheet
from qzcompete.adapters.stencil import Stencil, model_of, shape_of

CHUNK = 40
MILLIMETRE = 72 / 25.4
# A stencil costs three layouts: one to cut it, two to prove it.
WORTH = 6
MOST_STENCILS = 64


BATCH_CSS = "".join(
    f'@font-face {{ font-family: "{fonts.BATCH}"; font-weight: {weight}; src: url("batch-font:{weight}") }}'
    for weight in fonts.WEIGHT_FILES
)


OWN_CSS = f'@font-face {{ font-family: "{fonts.OWN}"; src: url("batch-font:own") }}'


class _Faces:
    """The fonts of one batch: a small face is cut again for each page much faster than a whole one."""

    def __init__(self, css: str, own: bytes, sheets: Sequence[Sheet]) -> None:
        self._css = BATCH_CSS + (OWN_CSS if own else "") + css
        self._own = own
        characters = frozenset(ord(character) for sheet in sheets for character in sheet.html)
        stand_ins = frozenset(ord(character) for character in fonts.stand_ins())
        self._faces = {
            weight: fonts.batch_face(characters | stand_ins, weight) for weight in fonts.WEIGHT_FILES
        }
        self.cutters = fonts.cutters(self._faces)

    @cached_property
    def press(self) -> Press:
        faces = {f"batch-font:{weight}": face for weight, face in self._faces.items()}
        return Press(self._css, faces={**faces, "batch-font:own": self._own})


class BatchPress:
    """Many one-page documents of one template, over artwork that was drawn once.

    Each is laid out by its CSS, or printed from the stencil of its shape; the bytes are the same. `own`: a font of
    characters that no other draws, or nothing.
    """

    def __init__(self, css: str, artwork: Artwork, own: bytes = b"") -> None:
        self._css = css
        self._own = own
        self._artwork = artwork
        # What was proved for a shape holds for the template; None where a stencil is not as good.
        self._stencils: dict[str, Stencil | None] = {}

    def print(self, sheets: Sequence[Sheet], *, compiled: bool = True) -> Iterator[bytes]:
        faces = _Faces(self._css, self._own, sheets)
        if compiled:
            self._compile(faces, sheets)
        for start in range(0, len(sheets), CHUNK):
            window = sheets[start : start + CHUNK]
            made = [self._from_stencil(faces, sheet) if compiled else None for sheet in window]
            rest = self._laid_out(
                faces, [sheet for sheet, one in zip(window, made, strict=True) if one is None]
            )
            yield from (next(rest) if one is None else one for one in made)

    def _from_stencil(self, faces: _Faces, sheet: Sheet) -> bytes | None:
        stencil = self._stencils.get(shape_of(sheet))
        return stencil.print(sheet, faces.cutters, self._finish) if stencil else None

    def _compile(self, faces: _Faces, sheets: Sequence[Sheet]) -> None:
        """A stencil for each shape that is frequent, if it prints what the layout by CSS prints."""
        shapes: dict[str, list[Sheet]] = {}
        for sheet in sheets:
            shapes.setdefault(shape_of(sheet), []).append(sheet)
        for shape, alike in shapes.items():
            if len(alike) >= WORTH and shape not in self._stencils and len(self._stencils) < MOST_STENCILS:
                self._stencils[shape] = self._proved(faces, alike)

    def _proved(self, faces: _Faces, alike: Sequence[Sheet]) -> Stencil | None:
        """Compared byte by byte on the shortest and the longest of its sheets."""
        by_length = sorted(alike, key=lambda sheet: len(sheet.html))
        proofs = {sheet.html: sheet for sheet in (by_length[0], by_length[-1])}.values()
        try:
            model = model_of(alike[0])
            first, *others = self._pages(faces, [model, *proofs])
            stencil = self._stencil(faces.press, first, model)
            wanted = [
                self._finished(faces.press, page, sheet) for page, sheet in zip(others, proofs, strict=True)
            ]
        except PdfError:
            return None
        same = [stencil.print(sheet, faces.cutters, self._finish) for sheet in proofs] == wanted
        return stencil if same else None

    def _stencil(self, press: Press, page: Any, model: Sheet) -> Stencil:
        made: list[Stencil] = []
        self._written(
            press, page, model, lambda pdf: made.append(Stencil(pdf, page.fonts.values(), model.html))
        )
        return made[0]

    def _laid_out(self, faces: _Faces, sheets: Sequence[Sheet]) -> Iterator[bytes]:
        if sheets:
            for page, sheet in zip(self._pages(faces, sheets), sheets, strict=True):
                yield self._finished(faces.press, page, sheet)

    def _pages(self, faces: _Faces, sheets: Sequence[Sheet]) -> Iterator[Any]:
        """A document of one page for each sheet; laid out together, which costs less."""
        body = "".join(f'<section class="sheet">{sheet.html}</section>' for sheet in sheets)
        document = faces.press.layout(f'<html lang="zh-CN"><body>{body}</body></html>')
        if len(document.pages) != len(sheets):
            self._refuse(faces, sheets)
        return (document.copy([page]) for page in document.pages)

    def _refuse(self, faces: _Faces, sheets: Sequence[Sheet]) -> None:
        if len(sheets) == 1:
            raise DoesNotFit(f"The text does not fit its page: {sheets[0].title}")
        for sheet in sheets:
            self._pages(faces, [sheet])
        raise DoesNotFit("The texts do not fit their pages")

    def _written(self, press: Press, document: Any, sheet: Sheet, finish: Callable[[Any], None]) -> bytes:
        # Copies share the metadata of the first page, the title with them.
        document.metadata = copy.copy(document.metadata)
        document.metadata.title, document.metadata.description = sheet.title, sheet.subject or None
        return press.write(document, finish)

    def _finished(self, press: Press, page: Any, sheet: Sheet) -> bytes:
        return self._written(press, page, sheet, partial(self._finish, sheet=sheet))

    def _finish(self, pdf: Any, sheet: Sheet) -> None:
        _finish(pdf, self._artwork, sheet)


def _finish(pdf: Any, artwork: Artwork, sheet: Sheet) -> None:
    """Put the artwork under the page's own content and the images on it, all marked as decoration for readers aloud."""
    page = pdf.objects[int(pdf.page_references[0].split()[0])]
    stream = pdf.objects[int(page["Contents"].split()[0])]
    resources = pdf.objects[int(page["Resources"].split()[0])]
    resources["XObject"]["Art"] = add_artwork(pdf, artwork)
    drawn = []
    height = page["MediaBox"][3]
    for place, (image, box) in enumerate(sheet.images):
        resources["XObject"][f"Pic{place}"] = add_image(pdf, image)
        x, y = box.x * MILLIMETRE, height - (box.y + box.height) * MILLIMETRE
        size = f"{box.width * MILLIMETRE:.3f} 0 0 {box.height * MILLIMETRE:.3f} {x:.3f} {y:.3f} cm"
        drawn.append(f"q 0.165 0.122 0.078 rg {size} /Pic{place} Do Q")
    stream.stream.insert(0, f"/Artifact BMC q /Art Do Q {' '.join(drawn)} EMC q")
    stream.stream.append("Q")
    for attachment in sheet.attachments:
        _attach(pdf, attachment)


def _attach(pdf: Any, attachment: Attachment) -> None:
    """As PDF/A-3 asks: the file with its kind and date, named in the catalogue and associated with the document."""
    import pydyf

    moment = attachment.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    extra = {
        "Type": "/EmbeddedFile",
        "Subtype": "/" + attachment.kind.replace("/", "#2f"),
        "Params": pydyf.Dictionary({"Size": len(attachment.content), "ModDate": pydyf.String(moment)}),
    }
    file = pydyf.Stream([attachment.content], extra, compress=True)
    pdf.add_object(file)
    named = pydyf.String(attachment.name)
    spec = pydyf.Dictionary(
        {
            "Type": "/Filespec",
            "F": named,
            "UF": named,
            "EF": pydyf.Dictionary({"F": file.reference, "UF": file.reference}),
            "Desc": pydyf.String(attachment.description),
            "AFRelationship": "/Alternative",
        }
    )
    pdf.add_object(spec)
    names = pdf.catalog.setdefault("Names", pydyf.Dictionary())
    names["EmbeddedFiles"] = pydyf.Dictionary({"Names": pydyf.Array([named, spec.reference])})
    pdf.catalog.setdefault("AF", pydyf.Array()).append(spec.reference)
