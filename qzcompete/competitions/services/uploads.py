"""Keeps what was read from a file until the officer says yes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from qzcompete.competitions.models import (
    ImportDraft,
)
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.extensions import db

UPLOAD_LIFE = timedelta(hours=24)


def keep_upload(actor: Actor, event_id: int, kind: str, file_name: str, content: Any) -> ImportDraft:
    """Keep what was read from a file until the officer confirms it; older ones of the same officer go."""
    moment = now()
    mine = (
        (ImportDraft.account_id == actor.account_id)
        & (ImportDraft.event_id == event_id)
        & (ImportDraft.kind == kind)
    )
    db.session.execute(delete(ImportDraft).where(mine | (ImportDraft.created_at < moment - UPLOAD_LIFE)))
    draft = ImportDraft(
        account_id=actor.account_id,
        event_id=event_id,
        kind=kind,
        file_name=file_name[-120:],
        rows=json.dumps(content, ensure_ascii=False),
        created_at=moment,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def drop_upload(upload_id: int) -> None:
    db.session.execute(delete(ImportDraft).where(ImportDraft.id == upload_id))
