"""Files of an application: checked by their content, kept by their hash; in parts where the network is poor."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import uuid4

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.uploads import checked_upload
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken, Stale
from qzcompete.extensions import db
from qzcompete.selection.models import Application, Attachment, Upload
from qzcompete.selection.rules.sections import FILE_KINDS
from qzcompete.selection.services.applicant import editable, kept_of

MOST_FILES = 40
PART = 512 * 1024


def add_attachment(
    actor: Actor, application_id: int, kind: str, file_name: str, content: bytes
) -> Attachment:
    """Keep a file of the application; raises RuleBroken for one that cannot be taken, with the reason."""
    application = takes_file(actor, application_id, kind)
    most = current_app.config["QZ"].max_upload_mb * 2**20
    try:
        checked = checked_upload(content, most_bytes=most)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, code=broken.code, field="file") from broken
    attachment = Attachment(
        application_id=application.id,
        kind=kind,
        file_name=shown_name(file_name, checked.suffix),
        media_type=checked.kind,
        size=len(checked.content),
        pages=checked.pages,
        sent_hash=hashlib.sha256(content).hexdigest(),
        file_hash=kept_files().put(checked.content),
        account_id=actor.account_id,
        uploaded_at=now(),
    )
    db.session.add(attachment)
    db.session.flush()
    told = {"file": attachment.id, "kind": kind, "sha256": attachment.sent_hash}
    audit.record(
        actor, "application.file_added", f"application:{application.id}", after=told, chain="selection"
    )
    return attachment


def takes_file(actor: Actor, application_id: int, kind: str) -> Application:
    application = editable(actor, application_id, "files")
    if kind not in FILE_KINDS[application.class_.kind]:
        raise RuleBroken(_l("Choose what the file is."), code="kind", field="kind")
    count = (
        db.session.scalar(select(func.count()).select_from(Attachment).where(*kept_of(application_id))) or 0
    )
    if count >= MOST_FILES:
        raise RuleBroken(
            _l("An application has at most %(most)s files. Remove one first.", most=MOST_FILES),
            code="too_many",
            field="file",
        )
    return application


def shown_name(file_name: str, suffix: str) -> str:
    """The name without its folders, with the ending of what is kept."""
    bare = Path(file_name.replace("\\", "/")).name
    stem = "".join(sign for sign in bare if sign.isprintable()).rsplit(".", 1)[0].strip() or "file"
    return f"{stem[:100]}{suffix}"


def remove_attachment(actor: Actor, application_id: int, attachment_id: int) -> None:
    """The file counts no more; what was sent before keeps its hash in the history."""
    editable(actor, application_id, "files")
    attachment = db.session.get(Attachment, attachment_id, with_for_update=True)
    if attachment is None or attachment.application_id != application_id or attachment.removed_at:
        raise NotFound()
    attachment.removed_at = now()
    audit.record(
        actor,
        "application.file_removed",
        f"application:{application_id}",
        before={"file": attachment_id},
        chain="selection",
    )


def start_upload(actor: Actor, application_id: int, kind: str, file_name: str, size: int) -> Upload:
    """Begin a file that comes in parts, or go on with the same one: `received` says from where."""
    takes_file(actor, application_id, kind)
    most = current_app.config["QZ"].max_upload_mb
    if not 0 < size <= most * 2**20:
        raise RuleBroken(
            _l("The file is larger than %(most)s MB. Choose a smaller one.", most=most),
            code="too_large",
            field="file",
        )
    known = db.session.scalar(
        select(Upload).where(
            Upload.application_id == application_id,
            Upload.account_id == actor.account_id,
            Upload.kind == kind,
            Upload.file_name == file_name[-120:],
            Upload.size == size,
        )
    )
    if known is not None:
        return known
    upload = Upload(
        id=str(uuid4()),
        application_id=application_id,
        kind=kind,
        file_name=file_name[-120:],
        size=size,
        received=0,
        account_id=actor.account_id,
        started_at=now(),
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def add_part(actor: Actor, upload_id: str, offset: int, part: bytes) -> Upload | Attachment:
    """Append a part; after the last one the file is checked and kept. Raises Stale where the parts do not join."""
    upload = db.session.get(Upload, upload_id, with_for_update=True)
    if upload is None or upload.account_id != actor.account_id:
        raise NotFound()
    if offset != upload.received:
        raise Stale(_l("The upload goes on elsewhere. Choose the file again."), code="offset")
    if not part or len(part) > PART or offset + len(part) > upload.size:
        raise RuleBroken(_l("This part of the file cannot be taken. Choose the file again."), code="part")
    path = part_path(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(part)
    upload.received = offset + len(part)
    if upload.received < upload.size:
        return upload
    content = path.read_bytes()
    db.session.delete(upload)
    attachment = add_attachment(actor, upload.application_id, upload.kind, upload.file_name, content)
    path.unlink(missing_ok=True)
    return attachment


def drop_upload(actor: Actor, upload_id: str) -> None:
    """Forget a file that was begun, for it cannot be taken."""
    upload = db.session.get(Upload, upload_id)
    if upload is not None and upload.account_id == actor.account_id:
        db.session.delete(upload)
        part_path(upload_id).unlink(missing_ok=True)


def part_path(upload_id: str) -> Path:
    return Path(current_app.config["QZ"].data_dir) / "uploads" / upload_id
