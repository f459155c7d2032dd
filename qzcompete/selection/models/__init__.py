"""The tables of selections: rounds, applications, experts, visits, decisions, and their history."""

from qzcompete.selection.models.application import (
    Application,
    ApplicationSection,
    Associate,
    Attachment,
    Recommendation,
    SectionReturn,
    Upload,
)
from qzcompete.selection.models.check import EligibilityLine, SelectionBan
from qzcompete.selection.models.decision import DesignationPlace, PanelMeeting, PanelVote, SelectionScore
from qzcompete.selection.models.expert import (
    Expert,
    ExpertConflict,
    ExpertTie,
    PanelDraw,
    PanelMember,
    ReviewAssignment,
)
from qzcompete.selection.models.history import SelectionEvent
from qzcompete.selection.models.round import (
    ClassYear,
    RecommendationQuota,
    RecommendingUnit,
    SelectionClass,
    SelectionRound,
)
from qzcompete.selection.models.visit import SiteVisit, VisitPhoto

__all__ = [
    "Application",
    "ApplicationSection",
    "Associate",
    "Attachment",
    "ClassYear",
    "DesignationPlace",
    "EligibilityLine",
    "Expert",
    "ExpertConflict",
    "ExpertTie",
    "PanelDraw",
    "PanelMeeting",
    "PanelMember",
    "PanelVote",
    "Recommendation",
    "RecommendationQuota",
    "RecommendingUnit",
    "ReviewAssignment",
    "SectionReturn",
    "SelectionBan",
    "SelectionClass",
    "SelectionEvent",
    "SelectionRound",
    "SelectionScore",
    "SiteVisit",
    "Upload",
    "VisitPhoto",
]
