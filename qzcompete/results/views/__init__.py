"""The pages of results, by who uses them."""

from qzcompete.results.views import appeals, own, promotions, recheck
from qzcompete.results.views.office import blueprint, competition

__all__ = ["appeals", "blueprint", "competition", "own", "promotions", "recheck"]
