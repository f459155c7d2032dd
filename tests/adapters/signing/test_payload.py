"""The signed record of a QR code: opened by a trusted key alone, and read by the page for phones just as here."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qzcompete.adapters.signing.keys import key_id, key_name, raw
from qzcompete.adapters.signing.payload import opened_payload, signed_payload
from qzcompete.certificates.rules.record import code_record, read_record

ROOT = Path(__file__).resolve().parents[3]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {key_id(KEY.public_key()): KEY.public_key()}
RECORD = code_record("QZJN-2026-000001", "阿依古丽·买买提㛃𬱖", "一等奖", "网络建设与运维", "20260520")


def test_a_record_is_opened_by_the_key_that_signed_it() -> None:
    packed = opened_payload(signed_payload(KEY, RECORD.packed()), KEYS)

    assert packed is not None and read_record(packed) == RECORD


def test_no_sign_of_the_code_can_be_another() -> None:
    text = signed_payload(KEY, RECORD.packed())

    opened = [
        place
        for place in range(0, len(text), 3)
        if opened_payload(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :], KEYS)
    ]

    assert opened == []


def test_the_link_holds_no_name() -> None:
    assert "依古丽".encode("gb18030") not in RECORD.packed()


def test_a_key_that_is_not_trusted_opens_nothing() -> None:
    assert opened_payload(signed_payload(Ed25519PrivateKey.generate(), RECORD.packed()), KEYS) is None


def test_a_long_name_of_an_event_is_cut_so_that_the_code_stays_coarse() -> None:
    record = code_record("QZJN-2026-000001", "陈丽华", "一等奖", "坭兴陶手工制作" * 8, "20260520")

    assert len(record.event) == 20 and record.event.endswith("…")
    assert len(signed_payload(KEY, record.packed())) < 260


SCRIPT = """
import { readRecord, sameName } from "%s/static/verify/record.js";
const keys = JSON.parse(process.argv[2]);
const out = [];
for (const text of JSON.parse(process.argv[3])) out.push(await readRecord(text, keys));
if (process.argv[4]) {
  crypto.subtle.importKey = async () => { throw Object.assign(new Error("no"), { name: "NotSupportedError" }); };
  for (const text of JSON.parse(process.argv[3])) out.push(await readRecord(text, keys));
}
out.push(await sameName(out[0].record, "阿依古丽·买买提㛃𬱖"), await sameName(out[0].record, "王芳"));
console.log(JSON.stringify(out));
"""


def test_the_page_for_phones_reads_what_we_sign_with_and_without_webcrypto(tmp_path: Path) -> None:
    payload = signed_payload(KEY, RECORD.packed())
    url = f"HTTPS://JNDS.EXAMPLE.CN/V/7K3M9QX2TB5RHVWJ/{payload}"
    wrong = url[:-20] + ("A" if url[-20] != "A" else "B") + url[-19:]
    keys = {key_name(key_id(KEY.public_key())): base64.b64encode(raw(KEY.public_key())).decode()}
    (tmp_path / "read.mjs").write_text(SCRIPT % ROOT)

    done = subprocess.run(
        [
            "node",
            str(tmp_path / "read.mjs"),
            json.dumps(keys),
            json.dumps([url, wrong, "https://example.cn/"]),
            "yes",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    found = json.loads(done.stdout)
    assert [one["state"] for one in found[:6]] == ["valid", "invalid", "unknown"] * 2
    assert found[0]["record"] == found[3]["record"]
    assert found[0]["record"]["name"] == "阿*" and found[0]["record"]["proof"] == RECORD.proof
    assert found[6:] == [True, False]
    assert found[0]["record"]["issuedOn"] == "2026年05月20日"
