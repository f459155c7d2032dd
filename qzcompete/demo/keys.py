"""The demo's own signing authority: made once, self-signed, known to nobody else."""

from __future__ import annotations

from flask import current_app

from qzcompete.adapters.signing import keys
from qzcompete.core.clock import now

AUTHORITY = "钦州市技能竞赛组织委员会（演示）"


def make_demo_keys() -> None:
    settings = current_app.config["QZ"]
    folder = keys.key_folder(settings.data_dir, settings.signing_key, settings.signing_password)
    if not folder.present():
        keys.make_keys(folder, AUTHORITY, now())
