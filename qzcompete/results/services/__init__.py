"""What changes results. Nothing here commits."""

from qzcompete.results.services.bundles import import_bundle
from qzcompete.results.services.promotions import (
    WrongRules,
    confirm_promotion,
    edit_table,
    propose,
    put_in_force,
    reject_promotion,
    start_table,
    state_held_level,
    take_back,
)
from qzcompete.results.services.sets import (
    check_again,
    close_event,
    compile_results,
    open_next_stage,
    publish_results,
)
from qzcompete.results.services.settings import set_settings

__all__ = [
    "WrongRules",
    "check_again",
    "close_event",
    "compile_results",
    "confirm_promotion",
    "edit_table",
    "import_bundle",
    "open_next_stage",
    "propose",
    "publish_results",
    "put_in_force",
    "reject_promotion",
    "set_settings",
    "start_table",
    "state_held_level",
    "take_back",
]
