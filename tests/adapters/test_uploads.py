"""What is taken of an upload and what is refused, whatever its name says."""

from __future__ import annotations

import io
import socket
import threading
from dataclasses import replace

import pikepdf
import pytest
from flask import Flask
from PIL import Image

from qzcompete.adapters.uploads import PDF, checked_upload
from qzcompete.core.errors import RuleBroken


def pdf(action: str = "") -> bytes:
    document, made = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    if action:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name(action), JS="app.alert(1)")
    document.save(made)
    return made.getvalue()


def locked_pdf() -> bytes:
    document, made = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(made, encryption=pikepdf.Encryption(owner="o", user="u"))
    return made.getvalue()


def picture(kind: str, size: tuple[int, int] = (60, 40)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, kind)
    return made.getvalue()


def refusal(content: bytes, **limits: object) -> str:
    with pytest.raises(RuleBroken) as told:
        checked_upload(content, **limits)  # type: ignore[arg-type]
    return str(told.value.code)


def test_a_pdf_is_kept_as_it_came_with_its_pages() -> None:
    kept = checked_upload(pdf())

    assert (kept.content, kept.kind, kept.pages, kept.suffix) == (pdf(), PDF, 1, ".pdf")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew(kind: str) -> None:
    kept = checked_upload(picture(kind))

    assert kept.kind == "image/jpeg"
    assert Image.open(io.BytesIO(kept.content)).size == (60, 40)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" + bytes(400), "wrong_kind"),
        (b"<html><script>alert(1)</script></html>", "wrong_kind"),
        (b"%PDF-1.7\nnothing more", "broken_pdf"),
        (locked_pdf(), "broken_pdf"),
        (pdf("/JavaScript"), "broken_pdf"),
        (pdf("/Launch"), "broken_pdf"),
        (picture("PNG")[:60], "broken_picture"),
        (picture("PNG", (9000, 6000)), "broken_picture"),
    ],
    ids=[
        "nothing",
        "program",
        "html",
        "no pdf",
        "locked",
        "script",
        "launch",
        "half a picture",
        "too many pixels",
    ],
)
def test_what_cannot_be_trusted_is_refused(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_a_file_over_the_limit_is_refused() -> None:
    assert refusal(pdf(), most_bytes=100) == "too_large"


def test_a_picture_is_refused_where_a_pdf_is_asked_for() -> None:
    assert refusal(picture("PNG"), kinds={PDF}) == "wrong_kind"


def scanner(verdict: bytes) -> tuple[str, threading.Thread]:
    """The address of a scanner that answers once."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with listening, listening.accept()[0] as line:
            heard = b""
            while not heard.endswith(bytes(4)):
                heard += line.recv(65536)
            line.sendall(verdict)

    serving = threading.Thread(target=answer)
    serving.start()
    return f"127.0.0.1:{listening.getsockname()[1]}", serving


@pytest.mark.parametrize(("verdict", "code"), [(b"stream: Eicar FOUND\0", "virus"), (b"stream: OK\0", None)])
def test_the_scanner_decides_where_one_is_set(app: Flask, verdict: bytes, code: str | None) -> None:
    address, serving = scanner(verdict)
    settings = app.config["QZ"]
    app.config["QZ"] = replace(settings, virus_scanner=address)
    try:
        if code:
            assert refusal(pdf()) == code
        else:
            assert checked_upload(pdf()).pages == 1
    finally:
        app.config["QZ"] = settings
        serving.join(5)


def test_nothing_passes_while_the_scanner_is_silent(app: Flask) -> None:
    settings = app.config["QZ"]
    app.config["QZ"] = replace(settings, virus_scanner="/nowhere/clamd.sock")
    try:
        assert refusal(pdf()) == "scanner_silent"
    finally:
        app.config["QZ"] = settings
