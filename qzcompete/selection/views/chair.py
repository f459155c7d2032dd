"""The chair's pages: progress and spreads of the review, the meeting with its votes, the decision and its minutes."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import select_choices, tried
from qzcompete.core.permissions import permit, requires
from qzcompete.selection import documents, queries, services
from qzcompete.selection.forms import words
from qzcompete.selection.forms.office import typed
from qzcompete.selection.forms.panel import CountForm, DecideForm, MeetingForm, SecondLookForm, TieForm
from qzcompete.selection.queries import ClassCard
from qzcompete.selection.views.blueprint import Page, blueprint, sent_pdf


def led_class(class_id: int) -> ClassCard:
    permit(current_user.actor, "review.chair", ("selection_class", class_id))
    return queries.class_card(class_id)


@blueprint.get("/panel")
@requires("review.chair")
def led() -> Page:
    ids = current_user.actor.scope_ids("review.chair", "selection_class")
    cards = [class_ for round_ in queries.called_rounds() for class_ in round_.classes]
    return render_template(
        "selection/led.html", classes=[class_ for class_ in cards if ids is None or class_.id in ids]
    )


@blueprint.get("/panel/<int:class_id>")
@requires("review.chair")
def lead(class_id: int) -> Page:
    return lead_page(led_class(class_id), SecondLookForm())


def lead_page(class_: ClassCard, form: SecondLookForm, code: int = 200) -> Page:
    open_now = class_.assessment_id is not None
    progress = queries.review_progress(class_.assessment_id or 0) if open_now else ()
    return render_template(
        "selection/lead.html",
        class_=class_,
        form=form,
        progress=progress,
        spreads=queries.wide_spreads(class_.assessment_id or 0, class_.settings.spread_percent)
        if open_now
        else (),
        all_signed=bool(progress) and all(one.signed == one.sheets for one in progress),
    ), code


@blueprint.post("/panel/<int:class_id>/second-look")
@requires("review.chair")
def second_look(class_id: int) -> Page:
    class_, form = led_class(class_id), SecondLookForm()
    if tried(
        form,
        lambda: services.second_look(
            current_user.actor,
            class_id,
            request.form.get("code", ""),
            [request.form.get("aspect", "")],
            form.reason.data or "",
        ),
    ):
        flash(_("The experts are asked to look again. Their marks stay until they give others."), "success")
        return redirect(url_for(".lead", class_id=class_id))
    return lead_page(class_, form, 422)


@blueprint.post("/panel/<int:class_id>/close")
@requires("review.chair")
def close_review(class_id: int) -> Page:
    led_class(class_id)
    services.close_review(current_user.actor, class_id)
    flash(_("The review is closed. The site visits come next."), "success")
    return redirect(url_for(".lead", class_id=class_id))


@blueprint.get("/panel/<int:class_id>/meeting")
@requires("review.chair")
def meeting(class_id: int) -> Page:
    return meeting_page(led_class(class_id))


def meeting_page(class_: ClassCard, wrong: FlaskForm | None = None, code: int = 200) -> Page:
    """`wrong` is the form that was refused; the others are shown as they stand."""
    standing = queries.standing(class_.id)
    forms: dict[str, FlaskForm] = {
        "meeting": meeting_form(class_.id, sent=isinstance(wrong, MeetingForm)),
        "vote": CountForm(formdata=None),
        "tie": TieForm(formdata=None),
        "decide": DecideForm(formdata=None),
    }
    if wrong is not None:
        name = {MeetingForm: "meeting", CountForm: "vote", TieForm: "tie", DecideForm: "decide"}[type(wrong)]  # type: ignore[index]
        forms[name] = wrong
    names = {member.expert.id: member for member in queries.panel_members(class_.id)}
    return render_template(
        "selection/meeting.html",
        class_=class_,
        standing=standing,
        forms=forms,
        members=names,
        may_vote={
            row.application.id: len(set(standing.meeting.present) - queries.kept_from(row.application.id))
            for row in standing.rows
        }
        if standing.meeting
        else {},
    ), code


def meeting_form(class_id: int, sent: bool = True) -> MeetingForm:
    known = queries.meeting_of(class_id)
    invited = queries.voters(queries.panel_members(class_id))
    data = {"held_at": typed(now()), "present": [member.expert.id for member in invited]}
    if known is not None:
        data = {
            "held_at": typed(known.held_at),
            "place": known.place,
            "present": list(known.present),
            "remarks": known.remarks,
        }
    form = MeetingForm(data=data) if sent else MeetingForm(formdata=None, data=data)
    form.present.choices = select_choices(
        (member.expert.id, f"{member.expert.name}（{words.PARTS[member.part]}）") for member in invited
    )
    return form


@blueprint.post("/panel/<int:class_id>/meeting")
@requires("review.chair")
def hold_meeting(class_id: int) -> Page:
    class_, form = led_class(class_id), meeting_form(class_id)
    if tried(form, lambda: services.hold_meeting(current_user.actor, class_id, form.draft())):
        flash(_("The meeting is open."), "success")
        return redirect(url_for(".meeting", class_id=class_id))
    return meeting_page(class_, form, 422)


@blueprint.post("/panel/<int:class_id>/vote/<int:application_id>")
@requires("review.chair")
def vote(class_id: int, application_id: int) -> Page:
    class_, form = led_class(class_id), CountForm()
    if tried(form, lambda: services.vote(current_user.actor, class_id, application_id, form.vote())):
        flash(_("The vote is recorded."), "success")
        return redirect(url_for(".meeting", class_id=class_id))
    return meeting_page(class_, form, 422)


@blueprint.post("/panel/<int:class_id>/tie")
@requires("review.chair")
def vote_on_tie(class_id: int) -> Page:
    class_, form = led_class(class_id), TieForm()
    reason = form.reason.data or ""
    if tried(
        form,
        lambda: services.vote_on_tie(current_user.actor, class_id, form.order(), form.vote(), reason),
    ):
        flash(_("The vote is recorded."), "success")
        return redirect(url_for(".meeting", class_id=class_id))
    return meeting_page(class_, form, 422)


@blueprint.post("/panel/<int:class_id>/decide")
@requires("review.chair")
def decide(class_id: int) -> Page:
    class_, form = led_class(class_id), DecideForm()
    if tried(form, lambda: services.decide(current_user.actor, class_id, form.vacant_reason.data or "")):
        flash(_("The panel has decided. The minutes are ready to print."), "success")
        return redirect(url_for(".meeting", class_id=class_id))
    return meeting_page(class_, form, 422)


@blueprint.get("/panel/<int:class_id>/minutes.pdf")
@requires("review.chair")
def minutes(class_id: int) -> Page:
    return minutes_of(led_class(class_id))


@blueprint.get("/office/selections/classes/<int:class_id>/minutes.pdf")
@requires("selection.view")
def office_minutes(class_id: int) -> Page:
    return minutes_of(queries.class_card(class_id))


def minutes_of(class_: ClassCard) -> Page:
    standing = queries.standing(class_.id)
    if standing.meeting is None or standing.meeting.decided_at is None:
        raise NotFound()
    members = {member.expert.id: member for member in queries.panel_members(class_.id)}
    return sent_pdf(
        documents.print_minutes(
            class_=class_,
            kind=words.KINDS[class_.kind],
            standing=standing,
            members=members,
            lists=words.LISTS,
        ),
        f"{class_.round_code}-minutes.pdf",
    )
