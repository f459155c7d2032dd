"""The office's list, the issue for an event, the ledger and the counters."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.certificates import ledgers, queries, services
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.competitions.queries import event_card
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotFound
from qzcompete.core.permissions import permit, requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/certificates")
@requires("certificate.view")
def office() -> str:
    search, code = (request.args.get("q") or "").strip(), request.args.get("event") or ""
    state = request.args.get("state") or ""
    actor = current_user.actor
    event = event_card(code) if code else None
    if event is not None:
        permit(actor, "certificate.view", *event.scopes)
    may_issue = event is not None and actor.may("certificate.issue", *event.scopes)
    due = queries.due_awards(event) if event is not None and may_issue else []
    return render_template(
        "certificates/office.html",
        page=queries.certificate_page(
            actor, search, request.args.get("page", "1"), event, state if state in queries.STATES else ""
        ),
        event=event,
        due=due,
        outdated=queries.outdated(event) if event is not None and may_issue else [],
        to_confirm=queries.to_confirm(actor) if event is None else [],
        signed=queries.key_folder().present(),
        states=queries.STATES,
        instructors=len(queries.due_instructors(event)) if event is not None and may_issue else 0,
        templates=queries.templates_for("award") if may_issue else [],
        unprintable=services.unprintable(event, due) if event is not None else [],
    )


@blueprint.post("/office/events/<code>/certificates")
@requires("certificate.issue")
def issue(code: str) -> AnyResponse:
    """Issue what is due and show the job that renders it."""
    chosen = request.form.get("template") or ""
    version = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    job = services.issue_batch(current_user.actor, code, template_version_id=version)
    left = len(queries.due_awards(event_card(code)))
    if left:
        flash(_("%(count)s certificates were not issued: the fonts lack characters.", count=left), "warning")
    elif job is None:
        flash(_("All certificates of this event are issued already."), "info")
    if left or job is None:
        return redirect(url_for(".office", event=code))
    flash(_("The certificates are issued; their files are being made."), "success")
    return redirect(url_for("public.job", job_id=job.id))


@blueprint.post("/office/events/<code>/certificates/instructors")
@requires("certificate.issue")
def issue_instructors(code: str) -> AnyResponse:
    job = services.issue_instructors(current_user.actor, code)
    if job is None:
        flash(_("All certificates of this event are issued already."), "info")
        return redirect(url_for(".office", event=code))
    flash(_("The certificates are issued; their files are being made."), "success")
    return redirect(url_for("public.job", job_id=job.id))


@blueprint.get("/office/events/<code>/certificates.zip")
@requires("certificate.view")
def event_zip(code: str) -> AnyResponse:
    """The valid files of an event in one archive."""
    event = event_card(code)
    permit(current_user.actor, "certificate.view", *event.scopes)
    rows = [row for row in queries.of_event(code) if row.state.value == "valid"]
    return archive(rows, f"{code}.zip", url_for(".office", event=code))


def archive(rows: Sequence[queries.Certificate], name: str, back: str) -> AnyResponse:
    """The files of these; back to the page where none is made yet."""
    packed = ledgers.packed_files(rows, queries.files())
    if packed is None:
        flash(_("There is no file yet."), "info")
        return redirect(back)
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)


@blueprint.get("/certificates/ledger")
@requires("certificate.view")
def ledger() -> str:
    return render_template(
        "certificates/ledger.html", counts=queries.counts(current_user.actor), year=in_city(now()).year
    )


@blueprint.get("/certificates/ledger-<int:year>.xlsx")
@requires("certificate.view")
def ledger_file(year: int) -> AnyResponse:
    if not 2000 <= year <= 9999:
        raise NotFound()
    book = ledgers.ledger_workbook(queries.ledger(current_user.actor, year), year)
    return send_file(BytesIO(book), mimetype=XLSX, as_attachment=True, download_name=f"证书台账{year}.xlsx")
