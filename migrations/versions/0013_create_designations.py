"""Create designations, the ledgers of their grants, their logs and yearly assessments

Revision ID: 0013
Revises: 0012
"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), 'postgresql')
    moment = sa.DateTime(timezone=True)
    op.create_table('designation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('leader_name', sa.String(length=40), nullable=False),
    sa.Column('host_name', sa.String(length=80), nullable=False),
    sa.Column('occupation_name', sa.String(length=80), nullable=False),
    sa.Column('unit_name', sa.String(length=80), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('notice_ended_at', moment, nullable=False),
    sa.Column('notice_open_objections', sa.Integer(), nullable=False),
    sa.Column('plaque_number', sa.String(length=32), nullable=False),
    sa.Column('plaque_token', sa.String(length=32), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('designated_at', moment, nullable=False),
    sa.CheckConstraint("kind IN ('studio', 'base')", name=op.f('ck_designation_known_kind')),
    sa.CheckConstraint('notice_open_objections = 0', name=op.f('ck_designation_no_open_objection')),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_designation_term_in_order')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_designation_application_id')),
    sa.ForeignKeyConstraint(['class_id', 'place'], ['designation_place.class_id', 'designation_place.place'], name=op.f('fk_designation_class_id_place')),
    sa.ForeignKeyConstraint(['notice_id', 'notice_ended_at', 'notice_open_objections'], ['notice.id', 'notice.ended_at', 'notice.open_objections'], name=op.f('fk_designation_notice_id_notice_ended_at_notice_open_objections')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_designation')),
    sa.UniqueConstraint('application_id', name=op.f('uq_designation_application_id')),
    sa.UniqueConstraint('class_id', 'place', name=op.f('uq_designation_class_id_place')),
    sa.UniqueConstraint('plaque_number', name=op.f('uq_designation_plaque_number')),
    sa.UniqueConstraint('plaque_token', name=op.f('uq_designation_plaque_token'))
    )
    op.create_table('activity_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('designation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('persons', sa.Integer(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('entered_at', moment, nullable=False),
    sa.Column('removed_at', moment, nullable=True),
    sa.CheckConstraint("kind IN ('apprentice', 'training', 'attack', 'exchange')", name=op.f('ck_activity_record_known_kind')),
    sa.CheckConstraint('persons >= 1', name=op.f('ck_activity_record_persons_above_zero')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_activity_record_account_id')),
    sa.ForeignKeyConstraint(['designation_id'], ['designation.id'], name=op.f('fk_activity_record_designation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_record'))
    )
    with op.batch_alter_table('activity_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_record_designation_id'), ['designation_id'], unique=False)

    op.create_table('grant_account',
    sa.Column('designation_id', sa.Integer(), nullable=False),
    sa.Column('class_kind', sa.String(length=8), nullable=False),
    sa.Column('allocated', sa.BigInteger(), nullable=False),
    sa.Column('paid', sa.BigInteger(), nullable=False),
    sa.Column('spent', sa.BigInteger(), nullable=False),
    sa.Column('recovered', sa.BigInteger(), nullable=False),
    sa.Column('opened_at', moment, nullable=False),
    sa.CheckConstraint("class_kind IN ('studio', 'base')", name=op.f('ck_grant_account_known_kind')),
    sa.CheckConstraint('allocated >= 0 AND paid >= 0 AND spent >= 0 AND recovered >= 0', name=op.f('ck_grant_account_not_negative')),
    sa.CheckConstraint('paid <= allocated', name=op.f('ck_grant_account_paid_within_allocation')),
    sa.CheckConstraint('spent + recovered <= paid', name=op.f('ck_grant_account_spent_within_payments')),
    sa.ForeignKeyConstraint(['designation_id'], ['designation.id'], name=op.f('fk_grant_account_designation_id')),
    sa.PrimaryKeyConstraint('designation_id', name=op.f('pk_grant_account')),
    sa.UniqueConstraint('designation_id', 'class_kind', name=op.f('uq_grant_account_designation_id_class_kind'))
    )
    op.create_table('year_assessment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('designation_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('records', document, nullable=False),
    sa.Column('marks', document, nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('grade', sa.String(length=12), nullable=True),
    sa.Column('assessed_by', sa.Integer(), nullable=True),
    sa.Column('assessed_at', moment, nullable=False),
    sa.Column('graded_at', moment, nullable=True),
    sa.Column('correct_until', sa.Date(), nullable=True),
    sa.Column('correction', sa.Text(), nullable=True),
    sa.Column('corrected_at', moment, nullable=True),
    sa.CheckConstraint("grade IS NULL OR grade IN ('excellent', 'passed', 'failed')", name=op.f('ck_year_assessment_known_grade')),
    sa.CheckConstraint('corrected_at IS NULL OR (correct_until IS NOT NULL AND correction IS NOT NULL)', name=op.f('ck_year_assessment_corrected_what_had_failed')),
    sa.CheckConstraint('total >= 0', name=op.f('ck_year_assessment_total_not_negative')),
    sa.ForeignKeyConstraint(['assessed_by'], ['account.id'], name=op.f('fk_year_assessment_assessed_by')),
    sa.ForeignKeyConstraint(['designation_id'], ['designation.id'], name=op.f('fk_year_assessment_designation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_year_assessment')),
    sa.UniqueConstraint('designation_id', 'year', name=op.f('uq_year_assessment_designation_id_year'))
    )
    with op.batch_alter_table('year_assessment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_year_assessment_designation_id'), ['designation_id'], unique=False)

    op.create_table('grant_instalment',
    sa.Column('designation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_grant_instalment_amount_above_zero')),
    sa.ForeignKeyConstraint(['designation_id'], ['grant_account.designation_id'], name=op.f('fk_grant_instalment_designation_id')),
    sa.PrimaryKeyConstraint('designation_id', 'number', name=op.f('pk_grant_instalment'))
    )
    op.create_table('grant_booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('designation_id', sa.Integer(), nullable=False),
    sa.Column('class_kind', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('use', sa.String(length=24), nullable=True),
    sa.Column('instalment', sa.Integer(), nullable=True),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('voucher', sa.String(length=60), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('receipt_hash', sa.String(length=64), nullable=True),
    sa.Column('receipt_type', sa.String(length=40), nullable=True),
    sa.Column('entered_by', sa.Integer(), nullable=False),
    sa.Column('entered_at', moment, nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', moment, nullable=True),
    sa.Column('refusal', sa.String(length=400), nullable=True),
    sa.CheckConstraint("kind <> 'expense' OR (use IS NOT NULL AND ((class_kind = 'studio' AND use IN ('training_goods', 'exchange', 'promotion')) OR (class_kind = 'base' AND use IN ('site', 'equipment', 'teachers'))))", name=op.f('ck_grant_booking_use_is_allowed')),
    sa.CheckConstraint("kind <> 'payment' OR instalment IS NOT NULL", name=op.f('ck_grant_booking_payment_of_an_instalment')),
    sa.CheckConstraint("kind IN ('payment', 'expense', 'recovery')", name=op.f('ck_grant_booking_known_kind')),
    sa.CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name=op.f('ck_grant_booking_confirmed_by_somebody')),
    sa.CheckConstraint("state <> 'refused' OR length(refusal) >= 1", name=op.f('ck_grant_booking_refused_with_reason')),
    sa.CheckConstraint("state IN ('entered', 'confirmed', 'refused')", name=op.f('ck_grant_booking_known_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_grant_booking_amount_above_zero')),
    sa.CheckConstraint('confirmed_by IS NULL OR confirmed_by <> entered_by', name=op.f('ck_grant_booking_two_people')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_grant_booking_confirmed_by')),
    sa.ForeignKeyConstraint(['designation_id', 'class_kind'], ['grant_account.designation_id', 'grant_account.class_kind'], name=op.f('fk_grant_booking_designation_id_class_kind')),
    sa.ForeignKeyConstraint(['designation_id', 'instalment'], ['grant_instalment.designation_id', 'grant_instalment.number'], name=op.f('fk_grant_booking_designation_id_instalment')),
    sa.ForeignKeyConstraint(['entered_by'], ['account.id'], name=op.f('fk_grant_booking_entered_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_booking'))
    )
    with op.batch_alter_table('grant_booking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grant_booking_designation_id'), ['designation_id'], unique=False)
        batch_op.create_index('uq_grant_booking_instalment', ['designation_id', 'instalment'], unique=True, sqlite_where=sa.text("kind = 'payment' AND state <> 'refused'"), postgresql_where=sa.text("kind = 'payment' AND state <> 'refused'"))

    


def downgrade() -> None:
    op.drop_table('grant_booking')
    op.drop_table('grant_instalment')
    op.drop_table('year_assessment')
    op.drop_table('grant_account')
    op.drop_table('activity_record')
    op.drop_table('designation')
    
