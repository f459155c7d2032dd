"""The blueprint that all pages of this slice share."""

from flask import Blueprint

from qzcompete.certificates.forms import kind_name

blueprint = Blueprint("certificates", __name__)
blueprint.add_app_template_filter(ord, "code_point")
blueprint.add_app_template_filter(kind_name, "certificate_kind")
