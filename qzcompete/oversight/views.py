"""The audit log for those who watch over the city's work, its anchors and the register of personal data for everybody,
and for each account the own data."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.actor import CITY
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import permit, public, requires, signed_in
from qzcompete.oversight import documents, queries, services
from qzcompete.oversight.forms import OwnDataForm, RefusalForm, kind_choices, wanted_of
from qzcompete.oversight.personal import REGISTER
from qzcompete.people.services import confirm_password

blueprint = Blueprint("oversight", __name__)
blueprint.add_app_template_filter(queries.in_words, "in_words")

KINDS = {
    "xlsx": (documents.log_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (documents.log_csv, "text/csv"),
}


@blueprint.get("/audit")
@requires("audit.view")
def log() -> str:
    permit(current_user.actor, "audit.view", CITY)
    wanted = wanted_of(request.args)
    return render_template(
        "oversight/log.html",
        page=queries.log_page(wanted, request.args.get("page", "1")),
        wanted=wanted,
        kinds=kind_choices(),
        most=queries.MOST_EXPORTED,
    )


@blueprint.post("/audit/copy.<any(xlsx, csv):kind>")
@requires("audit.view")
def copy(kind: str) -> Response:
    """A file of what the filters leave; taking it away is an act, so it is posted and told to the log."""
    rows = services.take_copy(current_user.actor, wanted_of(request.form))
    write, mimetype = KINDS[kind]
    return send_file(
        BytesIO(write(rows)), mimetype=mimetype, as_attachment=True, download_name=f"审计日志.{kind}"
    )


@blueprint.get("/audit/anchors")
@public("whoever keeps an anchor can later prove what the log said that day; it tells nothing of anybody")
def anchors() -> str:
    return render_template("oversight/anchors.html", page=queries.anchor_page(request.args.get("page", "1")))


@blueprint.get("/audit/anchors.txt")
@public("the same list, to be kept by programs")
def anchor_list() -> Response:
    listed = "".join(f"{one.day} {one.hash}\n" for one in queries.anchors())
    return Response(listed, mimetype="text/plain")


@blueprint.get("/privacy")
@public("everybody may know which personal data is held, what for and how long")
def privacy() -> str:
    return render_template("oversight/privacy.html", register=REGISTER)


@blueprint.route("/account/data", methods=["GET", "POST"])
@signed_in
def own_data() -> Page:
    """One's own data as a file, after the password: it holds the whole document number."""
    form = OwnDataForm()
    if with_password(form, lambda: None):
        told = services.take_own_data(current_user.actor)
        packed = json.dumps(told, ensure_ascii=False, indent=2).encode()
        return send_file(
            BytesIO(packed),
            mimetype="application/json",
            as_attachment=True,
            download_name="个人信息副本.json",
        )
    return own_data_page(form, OwnDataForm(formdata=None, prefix="erasure"))


def own_data_page(form: OwnDataForm, asking: OwnDataForm) -> Page:
    account = current_user._get_current_object()
    page = render_template(
        "oversight/own_data.html",
        form=form,
        asking=asking,
        asked=queries.open_erasure(account.id),
        kept=queries.kept_kinds({account.id: account.person_id})[account.id],
    )
    return page, 422 if form.errors or asking.errors else 200


def with_password(form: OwnDataForm, work: Callable[[], object]) -> bool:
    """Whether the form was sent with the password of who is signed in, and its work done."""

    def checked() -> None:
        confirm_password(current_user._get_current_object(), form.password.data or "")
        work()

    return tried(form, checked)


@blueprint.post("/account/erasure")
@signed_in
def ask_erasure() -> Page:
    form = OwnDataForm(prefix="erasure")
    if with_password(form, lambda: services.ask_erasure(current_user.actor)):
        flash(_("Your request is with the office."), "success")
        return redirect(url_for(".own_data"))
    return own_data_page(OwnDataForm(formdata=None), form)


@blueprint.post("/account/erasure/take-back")
@signed_in
def take_back_erasure() -> Page:
    services.take_back_erasure(current_user.actor)
    flash(_("Your request is taken back."), "success")
    return redirect(url_for(".own_data"))


@blueprint.get("/office/erasures")
@requires("account.manage")
def erasures() -> Page:
    permit(current_user.actor, "account.manage", CITY)
    return erasure_list(RefusalForm(formdata=None))


def erasure_list(form: RefusalForm) -> Page:
    page = queries.erasure_page(request.args.get("page", "1"))
    return shown(render_template("oversight/erasures.html", page=page, form=form), form)


@blueprint.post("/office/erasures/<int:erasure_id>/carry-out")
@requires("account.manage")
def carry_out(erasure_id: int) -> Page:
    services.erase(current_user.actor, erasure_id)
    flash(_("The account and its data are deleted."), "success")
    return redirect(url_for(".erasures"))


@blueprint.post("/office/erasures/<int:erasure_id>/refuse")
@requires("account.manage")
def refuse_erasure(erasure_id: int) -> Page:
    form = RefusalForm()
    if tried(form, lambda: services.refuse_erasure(current_user.actor, erasure_id, form.reason.data or "")):
        flash(_("The request is refused."), "success")
        return redirect(url_for(".erasures"))
    return erasure_list(form)
