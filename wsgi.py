"""Makes the application for a WSGI server: `gunicorn wsgi:app`."""

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.logs import set_up_logging

settings = load_settings()
set_up_logging(settings.log_level)
app = create_app(settings)
