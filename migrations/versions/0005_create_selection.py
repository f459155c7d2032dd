"""Create selection: rounds, applications, experts, visits, decisions and their history"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table('recommending_unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('county', 'port_district', 'department')", name=op.f('ck_recommending_unit_known_kind')),
    sa.CheckConstraint('length(name) >= 1', name=op.f('ck_recommending_unit_has_a_name')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recommending_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_recommending_unit_code')),
    sa.UniqueConstraint('name', name=op.f('uq_recommending_unit_name')),
    sa.UniqueConstraint('region_code', name=op.f('uq_recommending_unit_region_code'))
    )
    op.create_table('selection_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('first_year', sa.Integer(), nullable=False),
    sa.Column('call', sa.Text(), nullable=False),
    sa.Column('applies_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applies_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recommends_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviews_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('applies_from < applies_until', name=op.f('ck_selection_round_applying_in_order')),
    sa.CheckConstraint('applies_until < recommends_until', name=op.f('ck_selection_round_recommending_in_order')),
    sa.CheckConstraint('recommends_until < reviews_until', name=op.f('ck_selection_round_reviewing_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_round')),
    sa.UniqueConstraint('code', name=op.f('uq_selection_round_code'))
    )
    op.create_table('selection_class',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('quota', sa.Integer(), nullable=False),
    sa.Column('grant_amount', sa.BigInteger(), nullable=False),
    sa.Column('instalments', document, nullable=False),
    sa.Column('review_weight', sa.BigInteger(), nullable=False),
    sa.Column('visit_weight', sa.BigInteger(), nullable=False),
    sa.Column('experts', sa.Integer(), nullable=False),
    sa.Column('reserves', sa.Integer(), nullable=False),
    sa.Column('drop_each_end', sa.Integer(), nullable=False),
    sa.Column('spread_percent', sa.BigInteger(), nullable=False),
    sa.Column('reason_below', sa.BigInteger(), nullable=False),
    sa.Column('reason_above', sa.BigInteger(), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.Column('quorum_percent', sa.BigInteger(), nullable=False),
    sa.Column('notice_days', sa.Integer(), nullable=False),
    sa.Column('term_months', sa.Integer(), nullable=False),
    sa.Column('ban_years', sa.Integer(), nullable=False),
    sa.Column('conflict_years', sa.Integer(), nullable=False),
    sa.Column('bad_record_years', sa.Integer(), nullable=False),
    sa.Column('least_total', sa.BigInteger(), nullable=False),
    sa.Column('least_level', sa.Integer(), nullable=False),
    sa.Column('least_capacity', sa.Integer(), nullable=False),
    sa.Column('least_occupations', sa.Integer(), nullable=False),
    sa.Column('host_studios', sa.Integer(), nullable=False),
    sa.Column('excellent_percent', sa.BigInteger(), nullable=False),
    sa.Column('correction_months', sa.Integer(), nullable=False),
    sa.Column('scheme', document, nullable=False),
    sa.Column('scheme_is_template', sa.Boolean(), nullable=False),
    sa.Column('assessment_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('studio', 'base')", name=op.f('ck_selection_class_known_kind')),
    sa.CheckConstraint("state IN ('draft', 'calling', 'recommending', 'checking', 'drawing', 'reviewing', 'visiting', 'deciding', 'decided', 'noticing', 'noticed', 'designated', 'ended', 'cancelled')", name=op.f('ck_selection_class_known_state')),
    sa.CheckConstraint('experts >= 5 AND experts % 2 = 1', name=op.f('ck_selection_class_experts_odd_and_five')),
    sa.CheckConstraint('quota >= 1', name=op.f('ck_selection_class_quota_above_zero')),
    sa.CheckConstraint('review_weight + visit_weight = 10000', name=op.f('ck_selection_class_weights_are_whole')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_selection_class_assessment_id')),
    sa.ForeignKeyConstraint(['round_id'], ['selection_round.id'], name=op.f('fk_selection_class_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_class')),
    sa.UniqueConstraint('assessment_id', name=op.f('uq_selection_class_assessment_id')),
    sa.UniqueConstraint('id', 'quota', name=op.f('uq_selection_class_id_quota')),
    sa.UniqueConstraint('round_id', 'kind', name=op.f('uq_selection_class_round_id_kind'))
    )
    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('leader_name', sa.String(length=40), nullable=False),
    sa.Column('host_name', sa.String(length=80), nullable=False),
    sa.Column('host_uscc', sa.String(length=18), nullable=True),
    sa.Column('occupation_code', sa.String(length=12), nullable=True),
    sa.Column('occupation_name', sa.String(length=80), nullable=False),
    sa.Column('promised_name', sa.String(length=40), nullable=True),
    sa.Column('promised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dossier_hash', sa.String(length=64), nullable=True),
    sa.Column('reserve_rank', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'lapsed', 'returned', 'recommended', 'declined', 'eligible', 'ineligible', 'reviewed', 'rejected', 'visited', 'chosen', 'reserved', 'announced', 'designated', 'correcting', 'renewed', 'ended', 'removed', 'withdrawn', 'excluded')", name=op.f('ck_application_known_state')),
    sa.CheckConstraint('reserve_rank >= 1', name=op.f('ck_application_reserve_rank_from_one')),
    sa.CheckConstraint('submitted_at IS NULL OR unit_id IS NOT NULL', name=op.f('ck_application_has_a_recommender')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_application_account_id')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_application_class_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_application_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['recommending_unit.id'], name=op.f('fk_application_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('class_id', 'code', name=op.f('uq_application_class_id_code')),
    sa.UniqueConstraint('class_id', 'number', name=op.f('uq_application_class_id_number')),
    sa.UniqueConstraint('class_id', 'reserve_rank', name=op.f('uq_application_class_id_reserve_rank'))
    )
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_class_id'), ['class_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_host_uscc'), ['host_uscc'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_unit_id'), ['unit_id'], unique=False)

    op.create_table('expert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('employer', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('fields', document, nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_expert_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert')),
    sa.UniqueConstraint('account_id', name=op.f('uq_expert_account_id'))
    )
    op.create_table('panel_draw',
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('pool', document, nullable=False),
    sa.Column('drawn', document, nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_panel_draw_account_id')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_panel_draw_class_id')),
    sa.PrimaryKeyConstraint('class_id', name=op.f('pk_panel_draw'))
    )
    op.create_table('panel_meeting',
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('present', document, nullable=False),
    sa.Column('invited', document, nullable=False),
    sa.Column('vacant_reason', sa.Text(), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('chair_name', sa.String(length=40), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_panel_meeting_class_id')),
    sa.PrimaryKeyConstraint('class_id', name=op.f('pk_panel_meeting'))
    )
    op.create_table('panel_vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('applications', document, nullable=False),
    sa.Column('yes', sa.Integer(), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('abstained', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('voted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('choose', 'tie')", name=op.f('ck_panel_vote_known_kind')),
    sa.CheckConstraint('yes >= 0 AND no >= 0 AND abstained >= 0', name=op.f('ck_panel_vote_counts_not_negative')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_panel_vote_class_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_vote'))
    )
    with op.batch_alter_table('panel_vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_vote_class_id'), ['class_id'], unique=False)

    op.create_table('recommendation_quota',
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('quota', sa.Integer(), nullable=False),
    sa.CheckConstraint('quota >= 0', name=op.f('ck_recommendation_quota_quota_not_negative')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_recommendation_quota_class_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['recommending_unit.id'], name=op.f('fk_recommendation_quota_unit_id')),
    sa.PrimaryKeyConstraint('class_id', 'unit_id', name=op.f('pk_recommendation_quota')),
    sa.UniqueConstraint('class_id', 'unit_id', 'quota', name=op.f('uq_recommendation_quota_class_id_unit_id_quota'))
    )
    op.create_table('selection_class_year',
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_selection_class_year_class_id')),
    sa.PrimaryKeyConstraint('kind', 'year', name=op.f('pk_selection_class_year'))
    )
    with op.batch_alter_table('selection_class_year', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_selection_class_year_class_id'), ['class_id'], unique=False)

    op.create_table('application_associate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('relation', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('employer', sa.String(length=80), nullable=False),
    sa.Column('last_year', sa.Integer(), nullable=True),
    sa.CheckConstraint("relation IN ('teacher', 'apprentice', 'co_author')", name=op.f('ck_application_associate_known_relation')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_associate_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_associate'))
    )
    with op.batch_alter_table('application_associate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_associate_application_id'), ['application_id'], unique=False)

    op.create_table('application_attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('sent_hash', sa.String(length=64), nullable=False),
    sa.Column('file_hash', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('size >= 1', name=op.f('ck_application_attachment_not_empty')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_application_attachment_account_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_attachment_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_attachment'))
    )
    with op.batch_alter_table('application_attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_attachment_application_id'), ['application_id'], unique=False)

    op.create_table('application_section',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=24), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('complete', sa.Boolean(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_section_application_id')),
    sa.PrimaryKeyConstraint('application_id', 'name', name=op.f('pk_application_section'))
    )
    op.create_table('application_upload',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('received', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('received >= 0 AND received <= size', name=op.f('ck_application_upload_received_in_bounds')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_application_upload_account_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_upload_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_upload'))
    )
    with op.batch_alter_table('application_upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_upload_application_id'), ['application_id'], unique=False)

    op.create_table('designation_place',
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('quota', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('designated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('place BETWEEN 1 AND quota', name=op.f('ck_designation_place_place_within_quota')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_designation_place_application_id')),
    sa.ForeignKeyConstraint(['class_id', 'quota'], ['selection_class.id', 'selection_class.quota'], name=op.f('fk_designation_place_class_id_quota')),
    sa.PrimaryKeyConstraint('class_id', 'place', name=op.f('pk_designation_place')),
    sa.UniqueConstraint('application_id', name=op.f('uq_designation_place_application_id'))
    )
    op.create_table('eligibility_line',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('line', sa.String(length=32), nullable=False),
    sa.Column('outcome', sa.String(length=8), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('checked_by', sa.Integer(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('override_reason', sa.Text(), nullable=True),
    sa.Column('override_asked_by', sa.Integer(), nullable=True),
    sa.Column('override_confirmed_by', sa.Integer(), nullable=True),
    sa.Column('override_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("outcome IN ('waiting', 'met', 'not_met')", name=op.f('ck_eligibility_line_known_outcome')),
    sa.CheckConstraint('override_asked_by IS NULL OR length(override_reason) >= 1', name=op.f('ck_eligibility_line_override_has_a_reason')),
    sa.CheckConstraint('override_confirmed_by IS NULL OR (override_asked_by IS NOT NULL AND override_asked_by <> override_confirmed_by)', name=op.f('ck_eligibility_line_two_people')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_eligibility_line_application_id')),
    sa.ForeignKeyConstraint(['checked_by'], ['account.id'], name=op.f('fk_eligibility_line_checked_by')),
    sa.ForeignKeyConstraint(['override_asked_by'], ['account.id'], name=op.f('fk_eligibility_line_override_asked_by')),
    sa.ForeignKeyConstraint(['override_confirmed_by'], ['account.id'], name=op.f('fk_eligibility_line_override_confirmed_by')),
    sa.PrimaryKeyConstraint('application_id', 'line', name=op.f('pk_eligibility_line'))
    )
    op.create_table('expert_conflict',
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("source IN ('system', 'declared', 'officer')", name=op.f('ck_expert_conflict_known_source')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_expert_conflict_application_id')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_expert_conflict_class_id')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_expert_conflict_expert_id')),
    sa.PrimaryKeyConstraint('expert_id', 'application_id', name=op.f('pk_expert_conflict'))
    )
    with op.batch_alter_table('expert_conflict', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expert_conflict_class_id'), ['class_id'], unique=False)

    op.create_table('expert_tie',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('relation', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('last_year', sa.Integer(), nullable=True),
    sa.CheckConstraint("relation IN ('employer', 'teacher', 'apprentice', 'co_author', 'relative')", name=op.f('ck_expert_tie_known_relation')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_expert_tie_expert_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_tie'))
    )
    with op.batch_alter_table('expert_tie', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expert_tie_expert_id'), ['expert_id'], unique=False)

    op.create_table('panel_member',
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=8), nullable=False),
    sa.Column('seat_code', sa.String(length=8), nullable=True),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("part IN ('member', 'reserve', 'chair')", name=op.f('ck_panel_member_known_part')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_panel_member_class_id')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_panel_member_expert_id')),
    sa.PrimaryKeyConstraint('class_id', 'expert_id', name=op.f('pk_panel_member')),
    sa.UniqueConstraint('class_id', 'place', name=op.f('uq_panel_member_class_id_place'))
    )
    op.create_table('recommendation',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('quota', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('sealed_name', sa.String(length=120), nullable=True),
    sa.Column('sealed_hash', sa.String(length=64), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('recommended_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(reason) >= 1', name=op.f('ck_recommendation_has_a_reason')),
    sa.CheckConstraint('rank BETWEEN 1 AND quota', name=op.f('ck_recommendation_rank_within_quota')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recommendation_account_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_recommendation_application_id')),
    sa.ForeignKeyConstraint(['class_id', 'unit_id', 'quota'], ['recommendation_quota.class_id', 'recommendation_quota.unit_id', 'recommendation_quota.quota'], name=op.f('fk_recommendation_class_id_unit_id_quota')),
    sa.PrimaryKeyConstraint('application_id', name=op.f('pk_recommendation')),
    sa.UniqueConstraint('class_id', 'unit_id', 'rank', name=op.f('uq_recommendation_class_id_unit_id_rank'))
    )
    op.create_table('review_assignment',
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_review_assignment_application_id')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_review_assignment_class_id')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_review_assignment_expert_id')),
    sa.PrimaryKeyConstraint('expert_id', 'application_id', name=op.f('pk_review_assignment'))
    )
    with op.batch_alter_table('review_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_assignment_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_review_assignment_class_id'), ['class_id'], unique=False)

    op.create_table('section_return',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('section', sa.String(length=24), nullable=False),
    sa.Column('correction', sa.Text(), nullable=False),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('length(correction) >= 1', name=op.f('ck_section_return_says_what_to_correct')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_section_return_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_section_return'))
    )
    with op.batch_alter_table('section_return', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_section_return_application_id'), ['application_id'], unique=False)

    op.create_table('selection_ban',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('host_uscc', sa.String(length=18), nullable=True),
    sa.Column('application_id', sa.Integer(), nullable=True),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('banned_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(reason) >= 1', name=op.f('ck_selection_ban_has_a_reason')),
    sa.CheckConstraint('person_id IS NOT NULL OR host_uscc IS NOT NULL', name=op.f('ck_selection_ban_bans_somebody')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_selection_ban_account_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_selection_ban_application_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_selection_ban_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_ban'))
    )
    with op.batch_alter_table('selection_ban', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_selection_ban_host_uscc'), ['host_uscc'], unique=False)
        batch_op.create_index(batch_op.f('ix_selection_ban_person_id'), ['person_id'], unique=False)

    op.create_table('selection_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=24), nullable=False),
    sa.Column('before', sa.String(length=24), nullable=False),
    sa.Column('after', sa.String(length=24), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('details', document, nullable=True),
    sa.CheckConstraint('length(actor_name) >= 1', name=op.f('ck_selection_event_has_an_actor')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_selection_event_account_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_selection_event_application_id')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_selection_event_class_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_event'))
    )
    with op.batch_alter_table('selection_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_selection_event_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_selection_event_class_id'), ['class_id'], unique=False)

    op.create_table('selection_score',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('review', sa.BigInteger(), nullable=False),
    sa.Column('visit', sa.BigInteger(), nullable=True),
    sa.Column('total', sa.BigInteger(), nullable=True),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_selection_score_application_id')),
    sa.ForeignKeyConstraint(['class_id'], ['selection_class.id'], name=op.f('fk_selection_score_class_id')),
    sa.PrimaryKeyConstraint('application_id', name=op.f('pk_selection_score'))
    )
    with op.batch_alter_table('selection_score', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_selection_score_class_id'), ['class_id'], unique=False)

    op.create_table('site_visit',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('team', document, nullable=False),
    sa.Column('checklist', document, nullable=False),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=True),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reported_by', sa.Integer(), nullable=True),
    sa.Column('countersigned_by', sa.String(length=40), nullable=True),
    sa.Column('countersigned_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('countersigned_at IS NULL OR countersigned_by IS NOT NULL', name=op.f('ck_site_visit_signed_by_somebody')),
    sa.CheckConstraint('score IS NULL OR score BETWEEN 0 AND 10000', name=op.f('ck_site_visit_score_in_bounds')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_site_visit_application_id')),
    sa.ForeignKeyConstraint(['reported_by'], ['account.id'], name=op.f('fk_site_visit_reported_by')),
    sa.PrimaryKeyConstraint('application_id', name=op.f('pk_site_visit'))
    )
    op.create_table('visit_photo',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('file_hash', sa.String(length=64), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latitude', sa.BigInteger(), nullable=True),
    sa.Column('longitude', sa.BigInteger(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_visit_photo_account_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_visit_photo_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_photo'))
    )
    with op.batch_alter_table('visit_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_photo_application_id'), ['application_id'], unique=False)

    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason_below', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('reason_above', sa.BigInteger(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_column('reason_above')
        batch_op.drop_column('reason_below')

    with op.batch_alter_table('visit_photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_photo_application_id'))

    op.drop_table('visit_photo')
    op.drop_table('site_visit')
    with op.batch_alter_table('selection_score', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_selection_score_class_id'))

    op.drop_table('selection_score')
    with op.batch_alter_table('selection_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_selection_event_class_id'))
        batch_op.drop_index(batch_op.f('ix_selection_event_application_id'))

    op.drop_table('selection_event')
    with op.batch_alter_table('selection_ban', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_selection_ban_person_id'))
        batch_op.drop_index(batch_op.f('ix_selection_ban_host_uscc'))

    op.drop_table('selection_ban')
    with op.batch_alter_table('section_return', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_section_return_application_id'))

    op.drop_table('section_return')
    with op.batch_alter_table('review_assignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_review_assignment_class_id'))
        batch_op.drop_index(batch_op.f('ix_review_assignment_application_id'))

    op.drop_table('review_assignment')
    op.drop_table('recommendation')
    op.drop_table('panel_member')
    with op.batch_alter_table('expert_tie', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_expert_tie_expert_id'))

    op.drop_table('expert_tie')
    with op.batch_alter_table('expert_conflict', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_expert_conflict_class_id'))

    op.drop_table('expert_conflict')
    op.drop_table('eligibility_line')
    op.drop_table('designation_place')
    with op.batch_alter_table('application_upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_upload_application_id'))

    op.drop_table('application_upload')
    op.drop_table('application_section')
    with op.batch_alter_table('application_attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_attachment_application_id'))

    op.drop_table('application_attachment')
    with op.batch_alter_table('application_associate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_associate_application_id'))

    op.drop_table('application_associate')
    with op.batch_alter_table('selection_class_year', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_selection_class_year_class_id'))

    op.drop_table('selection_class_year')
    op.drop_table('recommendation_quota')
    with op.batch_alter_table('panel_vote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_panel_vote_class_id'))

    op.drop_table('panel_vote')
    op.drop_table('panel_meeting')
    op.drop_table('panel_draw')
    op.drop_table('expert')
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_unit_id'))
        batch_op.drop_index(batch_op.f('ix_application_state'))
        batch_op.drop_index(batch_op.f('ix_application_person_id'))
        batch_op.drop_index(batch_op.f('ix_application_host_uscc'))
        batch_op.drop_index(batch_op.f('ix_application_class_id'))
        batch_op.drop_index(batch_op.f('ix_application_account_id'))

    op.drop_table('application')
    op.drop_table('selection_class')
    op.drop_table('selection_round')
    op.drop_table('recommending_unit')
