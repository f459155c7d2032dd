"""The tables of messages, the calendar, notices and objections."""

from qzcompete.notices.models.calendar import SpecialDay
from qzcompete.notices.models.messages import Channel, Delivery, DeliveryState, Message, MessageAddress

__all__ = ["Channel", "Delivery", "DeliveryState", "Message", "MessageAddress", "SpecialDay"]
