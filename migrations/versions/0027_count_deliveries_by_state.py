"""Count deliveries by their state

Revision ID: 0027
Revises: 0026
"""
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_message_delivery_state", "message_delivery", ["state"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_message_delivery_state", "message_delivery")
