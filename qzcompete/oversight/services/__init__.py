"""Anchors and copies of the audit log; the own data taken along; personal data deleted."""

from qzcompete.oversight.services.erasing import (
    ask_erasure,
    delete_run_out,
    erase,
    refuse_erasure,
    take_back_erasure,
)
from qzcompete.oversight.services.log import publish_anchor, take_copy, take_own_data

__all__ = [
    "ask_erasure",
    "delete_run_out",
    "erase",
    "publish_anchor",
    "refuse_erasure",
    "take_back_erasure",
    "take_copy",
    "take_own_data",
]
