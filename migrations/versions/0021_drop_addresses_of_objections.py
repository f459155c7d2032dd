"""Drop the addresses of objections: all limits count in one table

Revision ID: 0021
Revises: 0020
"""
import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.drop_index('ix_objection_address_index_received_at')
        batch_op.drop_column('address_index')


def downgrade() -> None:
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('address_index', sa.String(length=64), nullable=False, server_default='')
        )
        batch_op.create_index('ix_objection_address_index_received_at', ['address_index', 'received_at'])
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.alter_column('address_index', existing_type=sa.String(length=64), server_default=None)
