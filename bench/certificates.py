"""S8 and S9: CPU, memory and size of an award certificate, beside WeasyPrint used naively and Typst tuned, and what a signature adds, in one run.

Each way runs in processes of its own, several rounds in turn, after a batch of two that is not timed. Ratios are medians of the ratios within a round. Run: python -m bench bench.certificates
"""

from __future__ import annotations

import base64
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

ROUNDS = int(os.environ.get("QZ_BENCH_ROUNDS", "3"))
BATCH = 200
# The slow floors are timed on fewer certificates; their cost does not fall with the size of the batch.
COUNTS = {"full-CSS": BATCH, "compiled": BATCH, "naive": 4, "typst": 60, "signed": 60}
NAMES = (
    "陈丽华",
    "王芳",
    "阿依古丽·买买提",
    "㛃䶮",
    "黄𬱖𣲗",
    "欧阳娜娜",
    "韦𫖯",
    "李秀英",
    "梁𠅤",
    "农建国",
)

UNITS = ("钦州市职业技术学校", "灵山县职业技术学校", "浦北县第一职业技术学校", "北部湾职业技术学校")


def texts(count: int) -> list[Any]:
    from qzcompete.certificates.rules.text import CertificateText
    from qzcompete.certificates.rules.wording import certificate_number

    base = CertificateText(
        number="",
        name="",
        competition="二〇二六年钦州市中等职业学校学生技能竞赛",
        event="网络建设与运维",
        award="一等奖",
        committee="钦州市职业技能竞赛组织委员会",
        issued_on=date(2026, 5, 20),
        verify_url="",
        unit="钦州市职业技术学校",
        instructor="韦梅静",
        total="96.35",
        place=1,
    )
    return [
        replace(
            base,
            number=certificate_number(2026, place + 1),
            name=NAMES[place % len(NAMES)],
            award=("一等奖", "二等奖", "三等奖")[place % 3],
            verify_url=f"https://jnds.example.cn/v/{place:016x}",
            photo=_photo(place),
            unit=UNITS[place % len(UNITS)],
            instructor=NAMES[(place * 7) % 4],
            place=place % 30 + 1,
        )
        for place in range(count)
    ]


def _photo(place: int) -> bytes:
    from PIL import Image

    written = io.BytesIO()
    rough = Image.effect_noise((18, 25), 40 + place % 20).resize((413, 579), Image.Resampling.BICUBIC)
    Image.merge("RGB", (rough, rough.rotate(180), rough)).save(written, "JPEG", quality=85)
    return written.getvalue()


def full_css(made: list[Any], compiled: bool = False) -> Iterator[bytes]:
    """The product's own way, through its public function."""
    from qzcompete.certificates.documents import render_award_certificates

    yield from render_award_certificates(made, sample=True, compiled=compiled)


def compiled(made: list[Any]) -> Iterator[bytes]:
    """The same with stencils, cut and proved within the time that is measured."""
    yield from full_css(made, compiled=True)


def naive(made: list[Any]) -> Iterator[bytes]:
    """One document each, artwork and all as HTML, fonts of the system: the same page without any care."""
    os.environ.pop("FONTCONFIG_FILE", None)
    import segno
    import weasyprint

    from qzcompete.adapters import fonts
    from qzcompete.certificates import documents

    os.environ.pop("FONTCONFIG_FILE", None)
    # The artwork's rules first: of both page margins the text's must win.
    design = documents.DESIGNS["award"]
    css = documents.art_css(design) + documents._source("award.css")
    for family in (fonts.BATCH, fonts.SERIF):
        css = css.replace(f'"{family}"', '"Noto Serif CJK SC"')
    for text in made:
        page = documents.artwork_page(design, text.committee, sample=True)
        art = page.partition("<body>")[2].partition("</body>")[0]
        photo = base64.b64encode(text.photo).decode()
        code = segno.make(text.verify_url.upper(), error="m").svg_inline(scale=4)
        body = documents.sheet(text, design).html
        yield weasyprint.HTML(
            string=f'<html lang="zh-CN"><style>{css} .art{{position:absolute;top:-68mm;left:-31mm}}</style><body>'
            f'<section class="sheet"><div class="art">{art}</div>{body}'
            f'<img alt="" style="position:absolute;top:0;left:4mm;width:33mm" src="data:image/jpeg;base64,{photo}">'
            f'<div style="position:absolute;top:64mm;left:7mm;width:27mm">{code}</div></section>'
        ).write_pdf(pdf_variant="pdf/a-3a")


TYPST = """#let d = json(bytes(sys.inputs.at("d")))
#set page(width: 297mm, height: 210mm, margin: 0mm, background: image("art.svg", width: 100%))
#set text(font: "Qinzhou Serif", size: 5.6mm, lang: "zh")
#set document(title: d.title)
#place(dx: 79mm, dy: 68mm, box(width: 185mm)[#text(weight: 700, size: 9mm, d.name) #d.honorific：

#h(2em)#d.sentence
#align(center, text(weight: 900, size: 13mm, d.award))
#h(2em)特发此证，以资鼓励。

#d.unit #h(1fr) #d.instructor])
#place(dx: 100mm, dy: 30mm, text(weight: 900, size: 17mm, tracking: 7mm, fill: rgb("#a5161d"))[荣誉证书])
#place(dx: 35.3mm, dy: 68.3mm, image("photo-" + d.place + ".jpg", width: 33.4mm))
#place(dx: 38.5mm, dy: 132mm, image(bytes(d.code), format: "svg", width: 27mm))
#place(dx: 190mm, dy: 158mm, text(size: 5.4mm, d.committee))
#place(dx: 200mm, dy: 167mm, text(size: 5.2mm, d.date))
"""


def typst_tuned(made: list[Any]) -> Iterator[bytes]:
    """A warm compiler, the vendored fonts, the artwork as one SVG: as fast as Typst was seen to go."""
    import segno
    import typst

    from qzcompete.adapters import fonts
    from qzcompete.certificates import documents
    from qzcompete.certificates.rules import guilloche, seal, wording

    folder = Path(tempfile.mkdtemp(prefix="qz-bench-"))
    stamp = seal.seal(
        documents._glyphs(made[0].committee), documents._glyphs(documents.DESIGNS["award"].seal_foot)
    )
    drawing = guilloche.waves(23.8, 273.2, 186.2) + guilloche.watermark(148.5, 108) + guilloche.border()
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" viewBox="0 0 297 210">'
    (folder / "art.svg").write_text(f'{head}{drawing}<g transform="translate(228 163)">{stamp}</g></svg>')
    (folder / "page.typ").write_text(TYPST, encoding="utf-8")
    for place, text in enumerate(made):
        (folder / f"photo-{place}.jpg").write_bytes(text.photo)
    compiler = typst.Compiler(
        str(folder / "page.typ"),
        font_paths=[str(fonts.VENDORED)],
        ignore_system_fonts=True,
    )
    for place, text in enumerate(made):
        code = io.BytesIO()
        segno.make(text.verify_url.upper(), error="m", mask=3).save(code, kind="svg", xmldecl=False)
        values = {
            key: getattr(text, key)
            for key in ("name", "honorific", "award", "unit", "instructor", "committee")
        }
        values |= {
            "title": text.number,
            "sentence": wording.award_sentence(text.competition, text.event),
        }
        values |= {
            "date": wording.chinese_date(text.issued_on),
            "place": str(place),
            "code": code.getvalue().decode(),
        }
        yield compiler.compile(format="pdf", sys_inputs={"d": json.dumps(values)})


def signed(made: list[Any]) -> Iterator[bytes]:
    """One certificate, signed as often as there are texts: what the signature costs on top."""
    import hashlib

    from qzcompete.adapters.signing.documents import document_signer
    from qzcompete.adapters.signing.keys import key_folder, make_keys
    from qzcompete.core.clock import now

    folder = key_folder(Path(tempfile.mkdtemp(prefix="qz-bench-")))
    make_keys(folder, "钦州市", now())
    signer = document_signer(folder)
    assert signer is not None
    (plain,) = full_css(made[:1])
    moment = now()
    start = time.process_time()
    for _ in made:
        yield signer.sign(plain, moment)
    SPENT["signing"] = time.process_time() - start
    start = time.process_time()
    for place in range(len(made)):
        raw_signature(signer, hashlib.sha256(plain + bytes([place % 256])).digest())
    SPENT["raw"] = time.process_time() - start


def raw_signature(signer: Any, digest: bytes) -> bytes:
    """The floor: the same key, the same deterministic signature, nothing else."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    algorithm = ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True)
    return bytes(signer._signer._key.sign(digest, algorithm))


SPENT: dict[str, float] = {}
WAYS: dict[str, Callable[[list[Any]], Iterator[bytes]]] = {
    "full-CSS": full_css,
    "compiled": compiled,
    "naive": naive,
    "typst": typst_tuned,
    "signed": signed,
}


def measure(way: str, count: int) -> dict[str, float]:
    """In a process of its own: CPU per certificate after a batch of two, peak memory, mean size."""
    made = texts(count)
    for _ in WAYS[way](made[:2]):
        pass
    start = time.process_time()
    sizes = [len(one) for one in WAYS[way](made)]
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts = {name: part / count * 1000 for name, part in SPENT.items()}
    return {"ms": spent / count * 1000, "peak": peak, "bytes": statistics.mean(sizes), **parts}


def _in_process(way: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.certificates", way, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run() -> list[dict[str, Any]]:
    rounds = [{way: _in_process(way, COUNTS[way]) for way in WAYS} for _ in range(ROUNDS)]
    rounds_of = {way: [one[way] for one in rounds] for way in WAYS}

    def middle(way: str, what: str) -> float:
        return statistics.median(one[what] for one in rounds_of[way])

    def ratio(floor: str, way: str = "full-CSS") -> float:
        return statistics.median(one[way]["ms"] / one[floor]["ms"] for one in rounds)

    def row(what: str, figure: str, floor: str, share: str, target: str, met: bool | str) -> dict[str, Any]:
        kept = "yes" if met is True else "no" if met is False else met
        return {
            "what": what,
            "figure": figure,
            "floor": floor,
            "ratio": share,
            "target": target,
            "met": kept,
        }

    time_here = f"{middle('full-CSS', 'ms'):.1f} ms CPU"
    compiled_here = f"{middle('compiled', 'ms'):.1f} ms CPU"
    against_naive, against_typst = ratio("naive"), ratio("typst")
    compiled_naive, compiled_typst = ratio("naive", "compiled"), ratio("typst", "compiled")
    peak = max(middle("full-CSS", "peak"), middle("compiled", "peak"))
    size = middle("compiled", "bytes")
    naive_ms, typst_ms = (
        f"naive {middle('naive', 'ms'):.0f} ms",
        f"Typst tuned {middle('typst', 'ms'):.1f} ms",
    )
    naive_peak, naive_size = (
        f"naive {middle('naive', 'peak'):.0f} MB",
        f"naive {middle('naive', 'bytes') / 1000:.0f} kB",
    )
    return [
        row(
            "S8 certificate, full CSS",
            time_here,
            naive_ms,
            f"1/{1 / against_naive:.1f}",
            "≤ 1/20",
            against_naive <= 1 / 20,
        ),
        row(
            "S8 certificate, full CSS",
            time_here,
            typst_ms,
            f"{against_typst:.2f}",
            "(for information)",
            "-",
        ),
        row(
            "S8 certificate, compiled",
            compiled_here,
            naive_ms,
            f"1/{1 / compiled_naive:.1f}",
            "≤ 1/100",
            compiled_naive <= 1 / 100,
        ),
        row(
            "S8 certificate, compiled",
            compiled_here,
            typst_ms,
            f"1/{1 / compiled_typst:.2f}",
            "≤ 1/3",
            compiled_typst <= 1 / 3,
        ),
        row(
            "S8 peak memory, batch of 200",
            f"{peak:.0f} MB",
            naive_peak,
            "",
            "≤ 150 MB",
            peak <= 150,
        ),
        row(
            "S8 size of one",
            f"{size / 1000:.0f} kB",
            naive_size,
            "",
            "≤ 160 kB",
            size <= 160_000,
        ),
        row(
            "S9 signature (PAdES B-B) on top",
            f"{middle('signed', 'signing'):.1f} ms CPU",
            f"raw signature {middle('signed', 'raw'):.2f} ms",
            f"{middle('signed', 'signing') / middle('signed', 'raw'):.0f}",
            "≤ 45 ms",
            middle("signed", "signing") <= 45,
        ),
    ]


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
