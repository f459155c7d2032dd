"""Writes messages, reminders, the calendar, notices and objections."""

from qzcompete.notices.services.messages import cancel_reminder, plan_reminder, post_message
from qzcompete.notices.services.notices import (
    NoticeDraft,
    draft_notice,
    end_notice,
    publish_notice,
    withdraw_notice,
)

__all__ = [
    "NoticeDraft",
    "cancel_reminder",
    "draft_notice",
    "end_notice",
    "plan_reminder",
    "post_message",
    "publish_notice",
    "withdraw_notice",
]
