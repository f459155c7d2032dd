"""Every setting that cannot be used stops the start with one sentence that names it."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from qzcompete.config import SettingError, load_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QZ_PORT", "0"),
        ("QZ_PORT", "65536"),
        ("QZ_PORT", "８０"),
        ("QZ_PORT", ""),
        ("QZ_PORT", "9" * 5000),
        ("QZ_WEB_WORKERS", "two"),
        ("QZ_JOB_WORKERS", "-1"),
        ("QZ_TRUSTED_PROXIES", "6"),
        ("QZ_SESSION_IDLE_MINUTES", "0"),
        ("QZ_SESSION_HOURS", "73"),
        ("QZ_SIGN_IN_ATTEMPTS", "0"),
        ("QZ_LOCK_MINUTES", "1.5"),
        ("QZ_GRANT_HOURS", "x"),
        ("QZ_MAX_UPLOAD_MB", "501"),
        ("QZ_LOG_LEVEL", "LOUD"),
        ("QZ_SECRET_KEY", "short"),
        ("QZ_FIELD_KEYS", "no base64"),
        ("QZ_FIELD_KEYS", ","),
        ("QZ_PUBLIC_URL", "ftp://example.org"),
        ("QZ_PUBLIC_URL", "http://["),
        ("QZ_PUBLIC_URL", "http://host:port"),
        ("QZ_DATABASE_URL", "mysql://host/name"),
        ("QZ_DATABASE_URL", "sqlite://"),
        ("QZ_DATABASE_URL", "sqlite:///:memory:"),
        ("QZ_DATABASE_URL", "postgresql://user:secret-word@host:port/name"),
        ("QZ_DATABSE_URL", "sqlite:///x"),
    ],
)
def test_the_start_is_refused_in_one_sentence_when_a_setting_is_wrong(
    name: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings({"QZ_DATA_DIR": str(tmp_path), name: value})

    sentence = str(refused.value)
    assert sentence.startswith(name)
    assert "\n" not in sentence
    assert "secret-word" not in sentence


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/qzcompete"])
def test_the_start_is_refused_when_the_data_folder_cannot_be_written(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingError, match=r"^QZ_DATA_DIR .* cannot be written"):
        load_settings({"QZ_DATA_DIR": str(tmp_path / place)})


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"too-short"])
def test_the_start_is_refused_when_a_kept_key_is_spoilt(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "field.key").write_bytes(content)

    with pytest.raises(SettingError, match=re.compile("key", re.IGNORECASE)):
        load_settings({"QZ_DATA_DIR": str(tmp_path)})


def test_the_start_is_refused_when_a_folder_lies_in_the_place_of_a_key(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()

    with pytest.raises(SettingError, match=r"secret\.key cannot be read as a key"):
        load_settings({"QZ_DATA_DIR": str(tmp_path)})


def test_keys_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    first = load_settings({"QZ_DATA_DIR": str(tmp_path)})

    second = load_settings({"QZ_DATA_DIR": str(tmp_path)})

    assert (first.secret_key, first.field_keys) == (second.secret_key, second.field_keys)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("secret.key", "field.key")] == [
        0o600
    ] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["field.key", "secret.key"]
