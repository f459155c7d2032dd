"""Ask for the deletion of an account

Revision ID: 0025
Revises: 0024
"""
import sqlalchemy as sa
from alembic import op

import qzcompete.core.columns

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'erasure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', qzcompete.core.columns.UtcDateTime(), nullable=False),
        sa.Column('state', sa.Enum('asked', 'done', 'refused', name='erasure_state', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('decided_by', sa.Integer(), nullable=True),
        sa.Column('decided_at', qzcompete.core.columns.UtcDateTime(), nullable=True),
        sa.Column('answer', sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_erasure_account_id_account')),
        sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_erasure_decided_by_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure')),
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasure_account_id'), ['account_id'], unique=False)
        batch_op.create_index('uq_erasure_open', ['account_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))


def downgrade() -> None:
    op.drop_table('erasure')
