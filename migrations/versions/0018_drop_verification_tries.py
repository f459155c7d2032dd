"""Drop the tries of verification: all limits count in one table

Revision ID: 0018
Revises: 0017
"""
import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table('verification_try')


def downgrade() -> None:
    op.create_table('verification_try',
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('time_window', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.CheckConstraint('tries >= 1', name=op.f('ck_verification_try_tries_counted')),
    sa.PrimaryKeyConstraint('address', 'time_window', name=op.f('pk_verification_try'))
    )
