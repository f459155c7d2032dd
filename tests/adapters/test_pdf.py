import base64
import io
import socket

import pikepdf
import pytest
from PIL import Image

from qzcompete.adapters import images, pdf

PAGE = '<html lang="zh-CN"><head><title>通知</title></head><body><h1>通知</h1><p>{}</p></body></html>'


def jpeg(mode="RGB", **options):
    written = io.BytesIO()
    Image.new(mode, (30, 40), 90 if mode == "L" else (10, 90, 200)).save(written, "JPEG", **options)
    return written.getvalue()


def test_a_document_is_tagged_pdf_a_3a_with_title_and_language():
    made = pikepdf.open(io.BytesIO(pdf.render_pdf(PAGE.format("钦州"))))

    with made.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["dc:title"] == "通知"
    assert made.Root.Lang == "zh-CN"
    assert made.Root.MarkInfo.Marked
    assert len(made.Root.OutputIntents) == 1


def test_the_same_input_makes_the_same_bytes():
    assert pdf.render_pdf(PAGE.format("同")) == pdf.render_pdf(PAGE.format("同"))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.png",
        "ftp://example.org/x.png",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png," + "x",
        "data:text/html;base64,PGI+",
    ],
)
def test_nothing_is_fetched_from_outside(url, monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a socket was opened"))

    with pytest.raises(pdf.PdfError, match="may not read"):
        pdf.render_pdf(PAGE.format(f'<img src="{url}">'))


def test_nothing_is_fetched_by_a_style_sheet():
    with pytest.raises(pdf.PdfError, match="may not read"):
        pdf.render_pdf(
            PAGE.format("x"),
            css='@font-face { font-family: "X"; src: url("https://example.org/x.ttf") } p { font-family: X }',
        )


def test_an_image_is_refused_when_it_is_not_what_it_says():
    fake = base64.b64encode(b"GIF89a").decode()

    with pytest.raises(pdf.PdfError, match="not the image/png"):
        pdf.render_pdf(PAGE.format(f'<img src="data:image/png;base64,{fake}">'))


def test_an_image_is_not_smoothed_because_pdf_a_forbids_it():
    shown = base64.b64encode(jpeg()).decode()

    made = pikepdf.open(
        io.BytesIO(pdf.render_pdf(PAGE.format(f'<img alt="x" src="data:image/jpeg;base64,{shown}">')))
    )

    images = [
        item for item in made.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
    ]
    assert len(images) == 1
    assert not any(image.get("/Interpolate", False) for image in images)


def test_a_character_without_a_glyph_is_refused_and_named():
    with pytest.raises(pdf.MissingGlyph, match=r"U\+E001") as refused:
        pdf.render_pdf(PAGE.format("王\ue001"))

    assert refused.value.characters == ("\ue001",)


def test_a_font_from_elsewhere_is_refused(monkeypatch):
    monkeypatch.setattr("qzcompete.adapters.fonts.FAMILIES", frozenset({"Another"}))

    with pytest.raises(pdf.PdfError, match="Qinzhou Serif"):
        pdf.render_pdf(PAGE.format("王"))


def test_a_photo_keeps_its_pixels_and_loses_its_place_and_camera():
    told = Image.Exif()
    told[0x010F] = "Camera of Chen"
    taken = jpeg(exif=told, comment=b"at home")

    kept = images.photo(taken)

    assert b"Camera of Chen" in taken
    assert b"Camera of Chen" not in kept.content
    assert b"at home" not in kept.content
    with (
        Image.open(io.BytesIO(kept.content)) as after,
        Image.open(io.BytesIO(taken)) as before,
    ):
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0no"])
def test_a_photo_is_refused_when_it_is_no_jpeg(content):
    with pytest.raises(pdf.PdfError, match="not a JPEG"):
        images.photo(content)


def test_a_photo_is_refused_when_it_is_made_for_printing_presses():
    written = io.BytesIO()
    Image.new("CMYK", (3, 4)).save(written, "JPEG")

    with pytest.raises(pdf.PdfError, match="colour mode"):
        images.photo(written.getvalue())


def test_the_library_is_unavailable_with_the_line_that_mends_it_when_pango_is_missing(
    monkeypatch,
):
    import builtins

    real = builtins.__import__

    def refusing(name, *rest, **named):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refusing)
    monkeypatch.setattr(
        "qzcompete.adapters.fonts.font_health",
        lambda: ["Install them: apt-get install libpango"],
    )
    pdf._weasyprint.cache_clear()

    with pytest.raises(pdf.Unavailable, match="apt-get install libpango"):
        pdf.render_pdf(PAGE.format("王"))
