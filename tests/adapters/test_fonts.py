import hashlib
import json
import sys
import xml.etree.ElementTree as ET

import pytest

from qzcompete.adapters import fonts

RARE = "㛃䶮𬱖𣲗𫖯𠅤阿依古丽·买买提"


def test_no_character_is_missing_when_a_name_is_rare_but_real():
    assert fonts.missing_characters(RARE) == []
    assert fonts.in_vendored(RARE, 700)


def test_missing_characters_are_named_once_each_in_order():
    assert fonts.missing_characters("王\ue001芳\U000f0000\ue001") == [
        "\ue001",
        "\U000f0000",
    ]


def test_a_character_of_the_sans_font_alone_counts_as_missing(monkeypatch):
    sans_only = [path for path in fonts.font_files() if "Sans" in path.name]
    monkeypatch.setattr(fonts, "font_files", lambda: tuple(sans_only))
    fonts.serif_coverage.cache_clear()

    missing = fonts.missing_characters("王")

    fonts.serif_coverage.cache_clear()
    assert missing == ["王"]


def test_each_vendored_font_is_the_one_of_the_manifest():
    manifest = json.loads((fonts.VENDORED / "manifest.json").read_text(encoding="utf-8"))

    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in fonts.VENDORED.glob("*.ttf")
    }

    assert found == {name: entry["sha256"] for name, entry in manifest["files"].items()}


def test_every_weight_draws_gb2312_and_the_standard_table():
    table = "".join(
        bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)
    )

    assert all(fonts.in_vendored(table, weight) for weight in (400, 700, 900))


def test_fontconfig_sees_only_the_fonts_of_the_project(tmp_path, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/nowhere")

    written = fonts.prepare_fontconfig(tmp_path)

    folders = [node.text for node in ET.parse(written).getroot().findall("dir")]
    assert folders == [str(tmp_path / "files")]
    assert {link.resolve() for link in (tmp_path / "files").iterdir()} == set(fonts.font_files())


def test_a_stale_link_goes_when_fontconfig_is_prepared_again(tmp_path, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/nowhere")
    fonts.prepare_fontconfig(tmp_path)
    (tmp_path / "files" / "Strange.ttf").symlink_to("/nowhere.ttf")

    fonts.prepare_fontconfig(tmp_path)

    assert not (tmp_path / "files" / "Strange.ttf").is_symlink()


def test_health_finds_nothing_when_all_is_there():
    assert fonts.font_health() == []


def test_health_says_the_apt_line_when_pango_is_missing(monkeypatch):
    class Refusing:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint.text":
                raise OSError("cannot load library 'libpango-1.0-0': no such file")

    monkeypatch.delitem(sys.modules, "weasyprint.text", raising=False)
    monkeypatch.delitem(sys.modules, "weasyprint.text.ffi", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Refusing(), *sys.meta_path])

    (fault,) = fonts.font_health()

    assert "libpango-1.0-0" in fault
    assert (
        "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        in fault
    )


def test_health_says_the_apt_line_when_the_subsetter_is_missing(monkeypatch):
    from weasyprint.text import ffi

    monkeypatch.setattr(ffi, "harfbuzz_subset", None)

    (fault,) = fonts.font_health()

    assert "libharfbuzz-subset0" in fault


def test_health_names_the_file_when_a_vendored_font_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "VENDORED", tmp_path)

    faults = fonts._font_faults()

    assert faults[0].startswith(f"The font file {tmp_path}/QinzhouSerif-Regular.ttf is missing.")


def test_an_outline_stands_on_its_line_within_one_em():
    ((path, advance),) = fonts.outlines("钦")

    assert path.startswith("M")
    assert advance == pytest.approx(1.0)


def test_an_outline_is_refused_when_the_font_lacks_the_character():
    with pytest.raises(ValueError, match="no glyph"):
        fonts.outlines("\ue001")
