"""A competition that runs, without all that its opening asks for."""

from qzcompete.competitions.models import Competition, CompetitionState
from qzcompete.core import audit
from qzcompete.core.actor import SYSTEM
from qzcompete.extensions import db


def let_run(competition_id: int, state: CompetitionState = CompetitionState.RUNNING) -> None:
    db.session.get_one(Competition, competition_id).state = state
    audit.record(
        SYSTEM, "competition.state_set", f"competition:{competition_id}", after={"state": state.value}
    )
