"""What changes results. Nothing here commits."""

from qzcompete.results.services.appeals import (
    Decision,
    decide_appeal,
    disqualify,
    file_appeal,
    name_arbiter,
    reinstate,
    settle_unchanged,
)
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
from qzcompete.results.services.rechecks import correct, keep_mark, order_recheck, record_check
from qzcompete.results.services.sets import (
    check_again,
    close_event,
    compile_results,
    open_next_stage,
    publish_results,
)
from qzcompete.results.services.settings import set_settings

__all__ = [
    "Decision",
    "WrongRules",
    "check_again",
    "close_event",
    "compile_results",
    "confirm_promotion",
    "correct",
    "decide_appeal",
    "disqualify",
    "edit_table",
    "file_appeal",
    "import_bundle",
    "keep_mark",
    "name_arbiter",
    "open_next_stage",
    "order_recheck",
    "propose",
    "publish_results",
    "put_in_force",
    "record_check",
    "reinstate",
    "reject_promotion",
    "set_settings",
    "settle_unchanged",
    "start_table",
    "state_held_level",
    "take_back",
]
