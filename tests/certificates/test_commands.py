"""`certificates verify` and `keys` by the command line: its exits are 0, 1 and 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from qzcompete.adapters import pdf
from qzcompete.adapters.signing.documents import document_signer
from qzcompete.adapters.signing.keys import key_folder
from qzcompete.certificates.commands import certificates_group, keys_group
from qzcompete.core.clock import now


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QZ_DATA_DIR", str(tmp_path))
    assert CliRunner().invoke(keys_group, ["make"]).exit_code == 0
    signer = document_signer(key_folder(tmp_path))
    assert signer is not None
    page = pdf.render_pdf('<html lang="zh-CN"><head><title>证书一</title></head><body>证书</body></html>')
    file = tmp_path / "a.pdf"
    file.write_bytes(signer.sign(page, now()))
    return file


def verify(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(certificates_group, ["verify", *words])
    return done.exit_code, done.output


def test_the_exit_tells_valid_changed_and_unknown(signed: Path, tmp_path: Path) -> None:
    changed, strange = tmp_path / "b.pdf", tmp_path / "c.pdf"
    content = bytearray(signed.read_bytes())
    content[500] ^= 1
    changed.write_bytes(content)
    strange.write_bytes(b"GIF89a")

    answers = [verify(str(file)) for file in (signed, changed, strange, tmp_path / "missing.pdf")]

    assert [code for code, _ in answers] == [0, 1, 2, 2]
    assert answers[0][1].startswith("valid: 证书一, signed by")


def test_the_public_keys_alone_are_enough(signed: Path, tmp_path: Path) -> None:
    trusted = tmp_path / "elsewhere"
    (tmp_path / "keys" / "trusted").rename(trusted)

    assert verify(str(signed), "--trust", str(trusted))[0] == 0
    assert verify(str(signed), "--trust", str(tmp_path / "nowhere"))[0] == 2


def test_keys_are_made_once_and_turned_over_by_name(signed: Path) -> None:
    again = CliRunner().invoke(keys_group, ["make"])
    turned = CliRunner().invoke(keys_group, ["rotate"])

    assert (again.exit_code, turned.exit_code) == (1, 0)
    assert "nothing was changed" in again.output
    assert verify(str(signed))[0] == 0
