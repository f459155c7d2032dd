"""What the edge and upper slices may call: issue, render, revoke, replace, verify."""

from qzcompete.certificates.services.issuing import issue_batch, render_waiting, unprintable
from qzcompete.certificates.services.life import (
    ask_revocation,
    confirm_revocation,
    correct_after_result,
    keep_certificate,
    reissue,
)
from qzcompete.certificates.services.printing import certificate_text, keep_file, printed_files
from qzcompete.certificates.services.verifying import check_file, count_try, verify_code

__all__ = [
    "ask_revocation",
    "certificate_text",
    "check_file",
    "confirm_revocation",
    "correct_after_result",
    "count_try",
    "issue_batch",
    "keep_certificate",
    "keep_file",
    "printed_files",
    "reissue",
    "render_waiting",
    "unprintable",
    "verify_code",
]
