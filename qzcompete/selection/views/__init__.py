"""The pages of selections, one file per actor."""

from qzcompete.selection.views import (
    applicant,
    chair,
    checks,
    expert,
    experts,
    office,
    public,
    recommender,
    visits,
)
from qzcompete.selection.views.blueprint import blueprint

__all__ = [
    "applicant",
    "blueprint",
    "chair",
    "checks",
    "expert",
    "experts",
    "office",
    "public",
    "recommender",
    "visits",
]
