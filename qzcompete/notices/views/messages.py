"""The own inbox and addresses, and the outbox for who looks after deliveries."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.forms import shown, tried
from qzcompete.core.permissions import requires, signed_in
from qzcompete.notices.forms import AddressForm
from qzcompete.notices.queries import messages as queries
from qzcompete.notices.services import messages as services
from qzcompete.notices.views.blueprint import blueprint


@blueprint.get("/messages")
@signed_in
def inbox() -> str:
    only_unread = request.args.get("show") == "unread"
    page = queries.inbox_page(current_user.id, request.args.get("page", "1"), only_unread)
    return render_template("notices/inbox.html", page=page, only_unread=only_unread)


@blueprint.get("/messages/<int:message_id>")
@signed_in
def message(message_id: int) -> str:
    return render_template("notices/message.html", message=queries.own_message(current_user.id, message_id))


@blueprint.post("/messages/<int:message_id>/open")
@signed_in
def open_message(message_id: int) -> Response:
    services.mark_read(current_user.actor, message_id)
    return redirect(url_for(".message", message_id=message_id))


@blueprint.post("/messages/<int:message_id>/unread")
@signed_in
def mark_unread(message_id: int) -> Response:
    services.mark_read(current_user.actor, message_id, read=False)
    return redirect(url_for(".inbox"))


@blueprint.post("/messages/read")
@signed_in
def mark_all_read() -> Response:
    services.mark_all_read(current_user.actor)
    return redirect(url_for(".inbox"))


@blueprint.route("/messages/addresses", methods=["GET", "POST"])
@signed_in
def addresses() -> str | Response | tuple[str, int]:
    form = AddressForm(obj=queries.addresses_of(current_user.id))
    if tried(
        form,
        lambda: services.set_addresses(current_user.actor, form.email.data or "", form.mobile.data or ""),
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".inbox"))
    carried = {channel: queries.carrier_of(channel) is not None for channel in ("email", "sms")}
    page = render_template("notices/addresses.html", form=form, carried=carried)
    return shown(page, form)


@blueprint.get("/office/messages")
@requires("message.view")
def outbox() -> str:
    state = request.args.get("state", "")
    return render_template(
        "notices/outbox.html",
        page=queries.outbox_page(state, request.args.get("page", "1")),
        counts=queries.outbox_counts(),
        state=state,
        mail=queries.carrier_of("email") is not None,
    )


@blueprint.post("/office/messages/<int:delivery_id>/again")
@requires("message.view")
def send_again(delivery_id: int) -> Response:
    services.send_again(current_user.actor, delivery_id)
    flash(_("The message is sent again."), "success")
    return redirect(url_for(".outbox"))
