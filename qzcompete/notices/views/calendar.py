"""The bureau's page of the working-day calendar: a year on one page, and the days entered by hand."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from qzcompete.core.clock import today
from qzcompete.core.forms import shown, tried
from qzcompete.core.permissions import requires
from qzcompete.notices.forms import CalendarForm
from qzcompete.notices.queries import calendar as queries
from qzcompete.notices.services import calendar as services
from qzcompete.notices.views.blueprint import blueprint


@blueprint.route("/office/calendar", methods=["GET", "POST"])
@requires("notice.edit")
def calendar() -> str | Response | tuple[str, int]:
    year = request.args.get("year", today().year, type=int)
    year = min(max(2004, year), 2100)
    form = CalendarForm(days=queries.special_days_text(year))
    if tried(form, lambda: services.set_special_days(current_user.actor, year, form.special_days())):
        flash(_("The calendar of %(year)s is saved.", year=year), "success")
        return redirect(url_for(".calendar", year=year))
    page = render_template(
        "notices/calendar.html", form=form, calendar=queries.year_calendar(year), today=today()
    )
    return shown(page, form)
