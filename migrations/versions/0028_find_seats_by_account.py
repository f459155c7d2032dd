"""Find the seats of a judge

Revision ID: 0028
Revises: 0027
"""
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_seat_account_id", "seat", ["account_id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_seat_account_id", "seat")
