"""The tables of messages, the calendar, notices and objections."""

from qzcompete.notices.models.calendar import SpecialDay
from qzcompete.notices.models.messages import Channel, Delivery, DeliveryState, Message, MessageAddress
from qzcompete.notices.models.notices import Notice, NoticeKind, NoticeState
from qzcompete.notices.models.objections import Evidence, Objection, ObjectionEvent

__all__ = [
    "Channel",
    "Delivery",
    "DeliveryState",
    "Evidence",
    "Message",
    "MessageAddress",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "Objection",
    "ObjectionEvent",
    "SpecialDay",
]
