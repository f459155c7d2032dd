"""Create notices, objections to them, and their evidence

Revision ID: 0010
Revises: 0009
"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), 'postgresql')
    moment = sa.DateTime(timezone=True)
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('announcement', 'publicity', name='notice_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'ended', 'withdrawn', name='notice_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('serial', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('annex', document, nullable=True),
    sa.Column('issuer', sa.String(length=80), nullable=False),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('red_head', sa.Boolean(), nullable=False),
    sa.Column('working_days', sa.Integer(), nullable=True),
    sa.Column('topic', sa.String(length=80), nullable=True),
    sa.Column('subjects', document, nullable=False),
    sa.Column('concerned', document, nullable=False),
    sa.Column('open_objections', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('published_at', moment, nullable=True),
    sa.Column('first_day', sa.Date(), nullable=True),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('ends_at', moment, nullable=True),
    sa.Column('ended_at', moment, nullable=True),
    sa.Column('withdrawn_at', moment, nullable=True),
    sa.Column('withdraw_reason', sa.String(length=400), nullable=True),
    sa.Column('taken_down_at', moment, nullable=True),
    sa.Column('file_hash', sa.String(length=64), nullable=True),
    sa.CheckConstraint("ended_at IS NULL OR state IN ('ended', 'withdrawn')", name=op.f('ck_notice_ended_only_when_ended')),
    sa.CheckConstraint("kind <> 'publicity' OR working_days >= 1", name=op.f('ck_notice_publicity_has_a_period')),
    sa.CheckConstraint("state <> 'ended' OR ended_at IS NOT NULL", name=op.f('ck_notice_ended_at_a_time')),
    sa.CheckConstraint("state <> 'withdrawn' OR length(withdraw_reason) >= 1", name=op.f('ck_notice_withdrawn_with_reason')),
    sa.CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name=op.f('ck_notice_published_at_a_time')),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= ends_at', name=op.f('ck_notice_ran_in_full')),
    sa.CheckConstraint('open_objections >= 0', name=op.f('ck_notice_objections_not_negative')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('id', 'ended_at', 'open_objections', name=op.f('uq_notice_id_ended_at_open_objections')),
    sa.UniqueConstraint('kind', 'year', 'serial', name=op.f('uq_notice_kind_year_serial'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_state_published_at', ['state', 'published_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_topic'), ['topic'], unique=False)

    op.create_table('objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=True),
    sa.Column('subject_name', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('protected', sa.Boolean(), nullable=False),
    sa.Column('objector', sa.LargeBinary(), nullable=False),
    sa.Column('contact', sa.LargeBinary(), nullable=False),
    sa.Column('statement', sa.LargeBinary(), nullable=False),
    sa.Column('receipt_index', sa.String(length=64), nullable=False),
    sa.Column('address_index', sa.String(length=64), nullable=False),
    sa.Column('received_at', moment, nullable=False),
    sa.Column('deadline', sa.Date(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('finding', sa.Text(), nullable=True),
    sa.Column('reply', sa.Text(), nullable=True),
    sa.Column('closed_at', moment, nullable=True),
    sa.CheckConstraint("state <> 'examining' OR handler_id IS NOT NULL", name=op.f('ck_objection_examined_by_somebody')),
    sa.CheckConstraint("state IN ('received', 'examining', 'inadmissible', 'upheld', 'dismissed', 'withdrawn')", name=op.f('ck_objection_known_state')),
    sa.CheckConstraint("state NOT IN ('upheld', 'dismissed') OR (handler_id IS NOT NULL AND length(finding) >= 1 AND length(reply) >= 1)", name=op.f('ck_objection_decided_with_finding_and_reply')),
    sa.ForeignKeyConstraint(['handler_id'], ['account.id'], name=op.f('fk_objection_handler_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_objection_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection')),
    sa.UniqueConstraint('receipt_index', name=op.f('uq_objection_receipt_index')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_objection_year_serial'))
    )
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.create_index('ix_objection_address_index_received_at', ['address_index', 'received_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_objection_handler_id'), ['handler_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_objection_notice_id'), ['notice_id'], unique=False)

    op.create_table('objection_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('objection_id', sa.Integer(), nullable=False),
    sa.Column('at', moment, nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('before', sa.String(length=16), nullable=False),
    sa.Column('after', sa.String(length=16), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=80), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_objection_event_account_id')),
    sa.ForeignKeyConstraint(['objection_id'], ['objection.id'], name=op.f('fk_objection_event_objection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection_event'))
    )
    with op.batch_alter_table('objection_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objection_event_objection_id'), ['objection_id'], unique=False)

    op.create_table('objection_evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('objection_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.LargeBinary(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('file_hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('size >= 1', name=op.f('ck_objection_evidence_not_empty')),
    sa.ForeignKeyConstraint(['objection_id'], ['objection.id'], name=op.f('fk_objection_evidence_objection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection_evidence'))
    )
    with op.batch_alter_table('objection_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objection_evidence_objection_id'), ['objection_id'], unique=False)

    


def downgrade() -> None:
    op.drop_table('objection_evidence')
    op.drop_table('objection_event')
    op.drop_table('objection')
    op.drop_table('notice')
    
