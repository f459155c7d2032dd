from qzcompete.results.views.office import blueprint, own

__all__ = ["blueprint", "own"]
