"""`qzcompete certificates`: issue, export, verify. `qzcompete keys`: the keys that sign them."""

from __future__ import annotations

import os
from pathlib import Path

import click

from qzcompete.core.command_line import in_app

DEMO_AUTHORITY = "钦州市技能竞赛组织委员会（自签）"
EXITS = {"valid": 0, "invalid": 1, "unknown": 2}
REASONS = {
    "changed": "the file was changed after it was signed",
    "unsigned": "the file carries no signature",
    "untrusted": "its signer is none of the trusted authorities",
    "not_pdf": "this is no PDF file",
    "too_large": "the file is larger than any certificate",
    "unreadable": "the file cannot be read",
}


@click.group("certificates")
def certificates_group() -> None:
    """Issue, export and verify certificates."""


@certificates_group.command("issue")
@click.option("--event", "event_code", required=True, help="The code of the event.")
@in_app
def issue(event_code: str) -> None:
    """Issue what the published results give; a job worker renders the files."""
    from qzcompete.certificates import queries, services
    from qzcompete.core.actor import SYSTEM

    job = services.issue_batch(SYSTEM, event_code)
    total = len(queries.of_event(event_code))
    waits = "all rendered" if job is None else f"job {job.id} renders them"
    click.echo(f"{total} certificate(s) of {event_code}; {waits}")


@certificates_group.command("export")
@click.option("--event", "event_code", required=True, help="The code of the event.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@in_app
def export(event_code: str, out: Path) -> None:
    """Write the PDF files of an event into a folder, named by number."""
    from qzcompete.certificates import queries

    rows = [row for row in queries.of_event(event_code) if row.file_hash or row.state.value == "valid"]
    waiting = [row.number for row in rows if row.file_hash is None]
    if waiting:
        raise click.ClickException(f"{len(waiting)} not rendered yet: run `qzcompete worker --until-idle`")
    out.mkdir(parents=True, exist_ok=True)
    for row in rows:
        (out / f"{row.number}.pdf").write_bytes(queries.files().get(row.file_hash or ""))
    click.echo(f"{len(rows)} file(s) in {out}")


@certificates_group.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the public keys; by default QZ_DATA_DIR/keys/trusted.",
)
def verify(file: Path, trust: Path | None) -> None:
    """Verify the signature of FILE without a network. Exit 0: valid; 1: changed or unsigned; 2: unknown, unreadable.

    Whether a certificate was revoked since is told by the verification page alone."""
    from qzcompete.adapters.signing.documents import check_document

    folder = trust or Path(os.environ.get("QZ_DATA_DIR") or "var") / "keys" / "trusted"
    try:
        content = file.read_bytes()
    except OSError as error:
        click.echo(f"unknown: {file} cannot be read ({error.strerror})")
        raise SystemExit(2) from None
    found = check_document(content, folder)
    told = found.title or file.name
    if found.state == "valid":
        click.echo(f"valid: {told}, signed by {found.signer} at {found.signed_at:%Y-%m-%d %H:%M} UTC")
    else:
        click.echo(f"{found.state}: {told}: {REASONS[found.reason]}")
    raise SystemExit(EXITS[found.state])


@click.group("keys")
def keys_group() -> None:
    """Make and turn over the keys that sign certificates."""


@keys_group.command("make")
@click.option("--organisation", default=DEMO_AUTHORITY, help="The name that readers show as signer.")
def make(organisation: str) -> None:
    """Make a self-signed authority and the keys under it; refuses where there are keys already."""
    change_keys(organisation, again=False)


@keys_group.command("rotate")
@click.option("--organisation", default=DEMO_AUTHORITY, help="The name that readers show as signer.")
def rotate(organisation: str) -> None:
    """Make new keys; what the old ones signed stays verifiable."""
    change_keys(organisation, again=True)


def change_keys(organisation: str, *, again: bool) -> None:
    from qzcompete.adapters.signing import keys
    from qzcompete.config import load_settings
    from qzcompete.core.clock import now

    settings = load_settings()
    folder = keys.key_folder(settings.data_dir, settings.signing_key, settings.signing_password)
    try:
        made = (keys.rotate_keys if again else keys.make_keys)(folder, organisation, now())
    except keys.KeyFault as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(f"Keys are in {folder.path}; keep that folder secret and backed up.")
    click.echo(f"Give verifiers the public files: {', '.join(str(folder.trusted / name) for name in made)}")
