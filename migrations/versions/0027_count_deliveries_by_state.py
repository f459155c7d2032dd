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
    with op.batch_alter_table('message_delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_delivery_state'), ['state'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('message_delivery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_delivery_state'))
