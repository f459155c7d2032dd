"""Index the open conflicts of a judge's seat

Revision ID: 0003
Revises: 0002
"""
import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("status = 'conflict' AND resolved_by IS NULL")
    op.create_index(
        'ix_mark_op_open_conflict', 'mark_op', ['seat_id'], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index('ix_mark_op_open_conflict', table_name='mark_op')
