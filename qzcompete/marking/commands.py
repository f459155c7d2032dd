"""Commands on files: score event bundles, check or make a workbook of a scheme: no database, no Flask.

`bundle pack` and `bundle unpack` carry an assessment from one server's database to another's.

Other commands of `bundle` and `scheme` are added to these groups where they are wired.
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from qzcompete.core.command_line import in_app
from qzcompete.marking.rules.bundle import read_bundle, score_bundle
from qzcompete.marking.rules.faults import Fault, Refused
from qzcompete.marking.rules.result import result_document

EXPECTED = ".expected.json"
GREATEST_BUNDLE = 200 * 2**20


@click.group("bundle")
def bundle_group() -> None:
    """Event bundles: score, import and export."""


@click.group("scheme")
def scheme_group() -> None:
    """Marking schemes: check a workbook, or make a template."""


@bundle_group.command("score")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write NAME.json into this folder."
)
def score_command(paths: tuple[Path, ...], out: Path | None) -> None:
    """Score bundles; PATH is a bundle or a folder of bundles."""
    bundles = list(_bundles(paths))
    if not bundles:
        raise click.ClickException("There is no bundle in the folder.")
    if out is None and len(bundles) > 1:
        raise click.UsageError("Several bundles need --out.")
    targets = _targets(bundles, out)
    refused = 0
    for path, target in zip(bundles, targets, strict=True):
        try:
            text = _scored(path)
        except Refused as error:
            refused += 1
            for fault in error.faults:
                click.echo(_printable(f"{path}: {fault}"), err=True)
            continue
        if target is None:
            click.echo(text)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    if refused:
        raise click.exceptions.Exit(1)


def _bundles(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.glob("*.json")) if not file.name.endswith(EXPECTED))
        else:
            yield path


def _targets(bundles: Sequence[Path], out: Path | None) -> list[Path | None]:
    """Where each result goes; two bundles of one name or a result over its bundle are refused."""
    if out is None:
        return [None] * len(bundles)
    targets = [out / f"{path.stem}.json" for path in bundles]
    if len(set(targets)) < len(targets):
        raise click.UsageError("Two bundles have the same name.")
    for path, target in zip(bundles, targets, strict=True):
        if target.exists() and target.samefile(path):
            raise click.UsageError("The results would overwrite the bundles.")
    return list(targets)


def _scored(path: Path) -> str:
    if path.stat().st_size > GREATEST_BUNDLE:
        raise Refused([Fault("", "not_json", {"reason": "the file is too large"})])
    result = result_document(score_bundle(read_bundle(path.read_bytes())))
    return json.dumps(result, ensure_ascii=False, indent=1)


@scheme_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the counts, sums and faults as JSON.")
def check_command(file: Path, as_json: bool) -> None:
    """Check a CIS marking scheme export, or our own template."""
    report = _report(file)
    if as_json:
        click.echo(_printable(json.dumps(report, ensure_ascii=False, indent=1)))
    else:
        click.echo(f"{report['aspects']} aspects: {report['measurement']} M, {report['judgement']} J")
        for code, marks in report["modules"].items():
            click.echo(_printable(f"{code}: {marks}"))
        click.echo(f"total: {report['total']}")
        for fault in report["faults"]:
            click.echo(_printable(f"{fault['sheet']}!{fault['cell']}: {fault['message']}"), err=True)
    if report["faults"]:
        raise click.exceptions.Exit(1)


def _report(file: Path) -> dict[str, Any]:
    # Imported here, so that scoring does not load the spreadsheet library.
    from qzcompete.adapters.sheets import SheetRefused, read_sheets
    from qzcompete.marking.rules.cis import report
    from qzcompete.marking.rules.scheme_sheets import read_scheme_sheets

    try:
        sheets = read_sheets(file.read_bytes(), formulas=True)
    except SheetRefused as refused:
        fault = {"sheet": refused.sheet, "cell": refused.cell, "message": refused.message}
        nothing = {"aspects": 0, "measurement": 0, "judgement": 0, "modules": {}, "total": "0"}
        return nothing | {"faults": [fault]}
    return report(read_scheme_sheets(sheets.values))


@scheme_group.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template_command(file: Path) -> None:
    """Write our own template for a marking scheme."""
    from qzcompete.marking.scheme_workbook import scheme_template

    file.write_bytes(scheme_template())
    click.echo(f"{file} written.")


def _printable(text: str) -> str:
    """A text that every terminal can take, also where a document holds half a character."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@bundle_group.command("pack")
@click.argument("event_code")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
@in_app
def pack_command(event_code: str, out: Path) -> None:
    """Write the marking of an event, with every act's identity, to carry it to another server. It names no competitor."""
    from qzcompete.marking import queries

    package = queries.packed(event_code)
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(package, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    click.echo(f"{out}: {event_code} with {len(package['ops'])} acts, digest {package['digest'][:16]}")


@bundle_group.command("unpack")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_app
def unpack_command(file: Path) -> None:
    """Take in what `bundle pack` wrote elsewhere: only forwards, and nothing where both servers were marked on."""
    from qzcompete.core.actor import SYSTEM
    from qzcompete.marking import services

    if file.stat().st_size > GREATEST_BUNDLE:
        raise click.ClickException("The file is larger than any event.")
    try:
        package = json.loads(file.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"{file}: this is no JSON") from error
    moved = services.take_in(SYSTEM, package)
    click.echo(f"{file}: {'new here, ' if moved.made else ''}{moved.ops} acts came in")
    for username in moved.accounts:
        click.echo(f"account {username} was made without a password; its judge enters with a card")
