"""What an officer uploaded and has not yet confirmed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qzcompete.competitions.models import (
    ImportDraft,
)
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db


@dataclass(frozen=True)
class Upload:
    """What was read from a file and waits for a yes."""

    id: int
    account_id: int | None
    event_id: int
    file_name: str
    content: Any
    created_at: datetime


def upload(upload_id: int, event_id: int, kind: str, actor: Actor) -> Upload:
    """The own upload of this kind for this event; nobody sees another officer's."""
    draft = db.session.get(ImportDraft, upload_id)
    if draft is None or (draft.event_id, draft.kind, draft.account_id) != (event_id, kind, actor.account_id):
        raise NotFound()
    return Upload(
        draft.id, draft.account_id, draft.event_id, draft.file_name, json.loads(draft.rows), draft.created_at
    )
