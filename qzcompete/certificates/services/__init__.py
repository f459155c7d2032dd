"""What the edge and upper slices may call: issue, render, revoke, replace, verify; templates; grade certificates."""

from qzcompete.certificates.services.glyphs import draw_glyph, drop_glyph
from qzcompete.certificates.services.grades import (
    REFUSALS,
    BodyDraft,
    file_scope,
    issue_grade,
    keep_photo,
    register_body,
    remove_scope,
    void_number,
)
from qzcompete.certificates.services.issuing import (
    issue_batch,
    issue_instructors,
    render_waiting,
    unprintable,
)
from qzcompete.certificates.services.life import (
    ask_revocation,
    confirm_revocation,
    correct_after_result,
    keep_certificate,
    reissue,
)
from qzcompete.certificates.services.plaques import settle_plaque
from qzcompete.certificates.services.printing import (
    certificate_text,
    extras_of,
    keep_file,
    printed_files,
    to_print,
)
from qzcompete.certificates.services.singles import Single, issue_single
from qzcompete.certificates.services.templates import (
    change_version,
    create_template,
    keep_ground,
    keep_signature,
    next_version,
    standard_version,
    unknown_names,
)
from qzcompete.certificates.services.verifying import check_file, verify_code

__all__ = [
    "REFUSALS",
    "BodyDraft",
    "Single",
    "ask_revocation",
    "certificate_text",
    "change_version",
    "check_file",
    "confirm_revocation",
    "correct_after_result",
    "create_template",
    "draw_glyph",
    "drop_glyph",
    "extras_of",
    "file_scope",
    "issue_batch",
    "issue_grade",
    "issue_instructors",
    "issue_single",
    "keep_certificate",
    "keep_file",
    "keep_ground",
    "keep_photo",
    "keep_signature",
    "next_version",
    "printed_files",
    "register_body",
    "reissue",
    "remove_scope",
    "render_waiting",
    "settle_plaque",
    "standard_version",
    "to_print",
    "unknown_names",
    "unprintable",
    "verify_code",
    "void_number",
]
