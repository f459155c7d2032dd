"""The tables of selections: rounds, applications, experts, visits, decisions, and their history."""

from qzcompete.selection.models.aftercare import ActivityRecord, YearAssessment
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
from qzcompete.selection.models.designation import Designation
from qzcompete.selection.models.expert import (
    Expert,
    ExpertConflict,
    ExpertTie,
    PanelDraw,
    PanelMember,
    ReviewAssignment,
)
from qzcompete.selection.models.grant import GrantAccount, GrantBooking, GrantInstalment
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
    "ActivityRecord",
    "Application",
    "ApplicationSection",
    "Associate",
    "Attachment",
    "ClassYear",
    "Designation",
    "DesignationPlace",
    "EligibilityLine",
    "Expert",
    "ExpertConflict",
    "ExpertTie",
    "GrantAccount",
    "GrantBooking",
    "GrantInstalment",
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
    "YearAssessment",
]
