"""add judges' cards, former judges, further rounds, answers, photos and paper entries"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table('entry_failures',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('moments', document, nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_entry_failures'))
    )
    with op.batch_alter_table('entry_failures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_failures_last_at'), ['last_at'], unique=False)

    op.create_table('remark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('aspect_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['aspect_id'], ['aspect.id'], name=op.f('fk_remark_aspect_id')),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidate.id'], name=op.f('fk_remark_candidate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remark')),
    sa.UniqueConstraint('candidate_id', 'aspect_id', 'round', name=op.f('uq_remark_candidate_id_aspect_id_round'))
    )
    op.create_table('evidence_photo',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('seat_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('aspect_id', sa.Integer(), nullable=True),
    sa.Column('device_id', sa.String(length=36), nullable=False),
    sa.Column('taken_at', sa.BigInteger(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_hash', sa.String(length=64), nullable=False),
    sa.Column('file_hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['aspect_id'], ['aspect.id'], name=op.f('fk_evidence_photo_aspect_id')),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidate.id'], name=op.f('fk_evidence_photo_candidate_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['seat.id'], name=op.f('fk_evidence_photo_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_photo'))
    )
    with op.batch_alter_table('evidence_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_photo_seat_id'), ['seat_id'], unique=False)

    op.create_table('former_judge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seat_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_former_judge_account_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['seat.id'], name=op.f('fk_former_judge_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_judge'))
    )
    with op.batch_alter_table('former_judge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_former_judge_seat_id'), ['seat_id'], unique=False)

    op.create_table('judge_card',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seat_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.Column('pin_hash', sa.String(length=64), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['seat_id'], ['seat.id'], name=op.f('fk_judge_card_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judge_card')),
    sa.UniqueConstraint('code', name=op.f('uq_judge_card_code')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_judge_card_token_hash'))
    )
    with op.batch_alter_table('judge_card', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_judge_card_seat_id'), ['seat_id'], unique=False)

    op.create_table('paper_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seat_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('marks', document, nullable=False),
    sa.Column('signed', sa.Boolean(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('place IN (1, 2)', name=op.f('ck_paper_entry_first_or_second')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_paper_entry_account_id')),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidate.id'], name=op.f('fk_paper_entry_candidate_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['seat.id'], name=op.f('fk_paper_entry_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_entry')),
    sa.UniqueConstraint('seat_id', 'candidate_id', 'round', 'place', name=op.f('uq_paper_entry_seat_id_candidate_id_round_place'))
    )
    op.create_table('flag_answer',
    sa.Column('op_id', sa.String(length=36), nullable=False),
    sa.Column('text', sa.String(length=400), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['op_id'], ['mark_op.op_id'], name=op.f('fk_flag_answer_op_id')),
    sa.PrimaryKeyConstraint('op_id', name=op.f('pk_flag_answer'))
    )
    with op.batch_alter_table('tablet_grant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('card_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_tablet_grant_card_id'), 'judge_card', ['card_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('tablet_grant', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_tablet_grant_card_id'), type_='foreignkey')
        batch_op.drop_column('card_id')

    op.drop_table('flag_answer')
    op.drop_table('paper_entry')
    with op.batch_alter_table('judge_card', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_judge_card_seat_id'))

    op.drop_table('judge_card')
    with op.batch_alter_table('former_judge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_former_judge_seat_id'))

    op.drop_table('former_judge')
    with op.batch_alter_table('evidence_photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evidence_photo_seat_id'))

    op.drop_table('evidence_photo')
    op.drop_table('remark')
    with op.batch_alter_table('entry_failures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entry_failures_last_at'))

    op.drop_table('entry_failures')
