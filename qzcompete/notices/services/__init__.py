"""Writes messages, reminders, the calendar, notices and objections."""

from qzcompete.notices.services.messages import cancel_reminder, plan_reminder, post_message

__all__ = ["cancel_reminder", "plan_reminder", "post_message"]
