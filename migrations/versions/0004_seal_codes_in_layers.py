"""Seal codes in layers, and keep what was promised before a draw

Revision ID: 0004
Revises: 0003
"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), 'postgresql')
    moment = sa.DateTime(timezone=True)
    op.create_table('blind_setting',
    sa.Column('competition_id', sa.Integer(), nullable=False),
    sa.Column('layers', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.CheckConstraint('layers BETWEEN 1 AND 3', name=op.f('ck_blind_setting_layers_in_bounds')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_blind_setting_competition_id')),
    sa.PrimaryKeyConstraint('competition_id', name=op.f('pk_blind_setting'))
    )
    op.create_table('draw_commitment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('layers', sa.Integer(), nullable=False),
    sa.Column('seed', sa.LargeBinary(), nullable=False),
    sa.Column('numbers', document, nullable=False),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.Column('committed_at', moment, nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('revealed_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_draw_commitment_account_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_draw_commitment_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draw_commitment')),
    sa.UniqueConstraint('event_id', 'version', name=op.f('uq_draw_commitment_event_id_version'))
    )
    op.create_table('code_layer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('layer', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('keeper_id', sa.Integer(), nullable=False),
    sa.Column('codes', sa.LargeBinary(), nullable=True),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_at', moment, nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('opened_at', moment, nullable=True),
    sa.CheckConstraint('layer BETWEEN 1 AND 3', name=op.f('ck_code_layer_layer_in_bounds')),
    sa.CheckConstraint('opened_by IS NULL OR asked_by <> opened_by', name=op.f('ck_code_layer_two_people')),
    sa.CheckConstraint('opened_at IS NULL OR asked_at IS NOT NULL', name=op.f('ck_code_layer_asked_before_opened')),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_code_layer_asked_by')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_code_layer_event_id')),
    sa.ForeignKeyConstraint(['keeper_id'], ['account.id'], name=op.f('fk_code_layer_keeper_id')),
    sa.ForeignKeyConstraint(['opened_by'], ['account.id'], name=op.f('fk_code_layer_opened_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_layer')),
    sa.UniqueConstraint('event_id', 'layer', name=op.f('uq_code_layer_event_id_layer'))
    )
    with op.batch_alter_table('code_layer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_code_layer_keeper_id'), ['keeper_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('code_layer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_code_layer_keeper_id'))
    op.drop_table('code_layer')
    op.drop_table('draw_commitment')
    op.drop_table('blind_setting')
