"""Plan sessions, stations and equipment, register judges and incidents, and link competitions upward

Revision ID: 0016
Revises: 0015
"""
import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table('outer_competition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('level', sa.Enum('region', 'nation', 'world', name='outer_level', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on', name=op.f('ck_outer_competition_days_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outer_competition')),
    sa.UniqueConstraint('name', 'year', name=op.f('uq_outer_competition_name_year'))
    )
    with op.batch_alter_table('outer_competition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outer_competition_year'), ['year'], unique=False)

    op.create_table('feed_token',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', moment, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_feed_token_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_feed_token')),
    sa.UniqueConstraint('digest', name=op.f('uq_feed_token_digest'))
    )
    op.create_table('judge_profile',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('qualification', sa.Enum('assessor', 'senior_assessor', 'technician', 'senior_technician', 'middle_title', 'senior_title', name='qualification', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('certificate', sa.String(length=40), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=True),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('updated_at', moment, nullable=False),
    sa.CheckConstraint('level BETWEEN 1 AND 5', name=op.f('ck_judge_profile_level_in_bounds')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_judge_profile_account_id')),
    sa.ForeignKeyConstraint(['employer_id'], ['organisation.id'], name=op.f('fk_judge_profile_employer_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_judge_profile'))
    )
    with op.batch_alter_table('judge_profile', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_judge_profile_employer_id'), ['employer_id'], unique=False)

    op.create_table('judge_relation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('relative', 'teacher', 'interest', name='relation_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('unit', sa.String(length=80), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('declared_by', sa.Integer(), nullable=True),
    sa.Column('declared_at', moment, nullable=False),
    sa.CheckConstraint("name <> '' OR unit <> ''", name=op.f('ck_judge_relation_names_somebody')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_judge_relation_account_id')),
    sa.ForeignKeyConstraint(['declared_by'], ['account.id'], name=op.f('fk_judge_relation_declared_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judge_relation'))
    )
    with op.batch_alter_table('judge_relation', schema=None) as batch_op:
        batch_op.create_index('ix_judge_relation_account_id', ['account_id'], unique=False)

    op.create_table('contest_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('module', sa.String(length=20), nullable=False),
    sa.Column('venue', sa.String(length=120), nullable=False),
    sa.Column('starts_at', moment, nullable=False),
    sa.Column('ends_at', moment, nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_contest_session_times_in_order')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_contest_session_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contest_session'))
    )
    with op.batch_alter_table('contest_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contest_session_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contest_session_starts_at'), ['starts_at'], unique=False)

    op.create_table('equipment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('specification', sa.String(length=160), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(length=16), nullable=False),
    sa.Column('place', sa.Enum('station', 'hall', 'competitor', name='equipment_place', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.CheckConstraint('quantity >= 1', name=op.f('ck_equipment_quantity_above_zero')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_equipment_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_equipment'))
    )
    with op.batch_alter_table('equipment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_equipment_event_id'), ['event_id'], unique=False)

    op.create_table('judge_module',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('module', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_judge_module_account_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_judge_module_event_id')),
    sa.PrimaryKeyConstraint('event_id', 'account_id', 'module', name=op.f('pk_judge_module'))
    )
    op.create_table('judge_occupation',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['judge_profile.account_id'], name=op.f('fk_judge_occupation_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'code', name=op.f('pk_judge_occupation'))
    )
    op.create_table('regulations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('uploaded_at', moment, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_regulations_account_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_regulations_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regulations')),
    sa.UniqueConstraint('event_id', 'version', name=op.f('uq_regulations_event_id_version'))
    )
    op.create_table('station',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('venue', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_station_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station')),
    sa.UniqueConstraint('event_id', 'code', name=op.f('uq_station_event_id_code'))
    )
    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('station_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('equipment', 'power', 'material', 'person', 'other', name='incident_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('text', sa.String(length=400), nullable=False),
    sa.Column('happened_at', moment, nullable=False),
    sa.Column('reported_by', sa.Integer(), nullable=True),
    sa.Column('reported_at', moment, nullable=False),
    sa.Column('decision', sa.Enum('extra_time', 'rerun', 'keep', name='incident_decision', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('extra_minutes', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', moment, nullable=True),
    sa.CheckConstraint("(extra_minutes IS NOT NULL) = (decision IS NOT NULL AND decision = 'extra_time')", name=op.f('ck_incident_extra_time_has_minutes')),
    sa.CheckConstraint("decision IS NULL OR reason <> ''", name=op.f('ck_incident_decided_says_why')),
    sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL)', name=op.f('ck_incident_decided_has_its_time')),
    sa.CheckConstraint('extra_minutes BETWEEN 1 AND 480', name=op.f('ck_incident_extra_minutes_in_bounds')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_incident_decided_by')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_incident_event_id')),
    sa.ForeignKeyConstraint(['reported_by'], ['account.id'], name=op.f('fk_incident_reported_by')),
    sa.ForeignKeyConstraint(['session_id'], ['contest_session.id'], name=op.f('fk_incident_session_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_incident_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_event_id'), ['event_id'], unique=False)

    op.create_table('session_station',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['contest_session.id'], name=op.f('fk_session_station_session_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_session_station_station_id')),
    sa.PrimaryKeyConstraint('session_id', 'station_id', name=op.f('pk_session_station'))
    )
    with op.batch_alter_table('session_station', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_station_station_id'), ['station_id'], unique=False)

    with op.batch_alter_table('competition', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outer_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('parent_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('advancing', sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f('ck_competition_selects_for_one'), 'outer_id IS NULL OR parent_id IS NULL')
        batch_op.create_check_constraint(op.f('ck_competition_not_its_own_parent'), 'parent_id <> id')
        batch_op.create_check_constraint(op.f('ck_competition_advancing_above_zero'), 'advancing >= 1')
        batch_op.create_index(batch_op.f('ix_competition_outer_id'), ['outer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_competition_parent_id'), ['parent_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_competition_parent_id'), 'competition', ['parent_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_competition_outer_id'), 'outer_competition', ['outer_id'], ['id'])

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('target_level', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('track', sa.Enum('world_selection', 'national', 'new_occupation', 'local', name='event_track', native_enum=False, create_constraint=True, length=24), nullable=True))
        batch_op.add_column(sa.Column('parent_event', sa.String(length=80), server_default='', nullable=False))
        batch_op.create_check_constraint(op.f('ck_event_target_level_in_bounds'), 'target_level BETWEEN 1 AND 5')


def downgrade() -> None:
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_event_target_level_in_bounds'), type_='check')
        batch_op.drop_constraint(op.f('ck_event_event_track'), type_='check')
        batch_op.drop_column('parent_event')
        batch_op.drop_column('track')
        batch_op.drop_column('target_level')

    with op.batch_alter_table('competition', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_competition_advancing_above_zero'), type_='check')
        batch_op.drop_constraint(op.f('ck_competition_not_its_own_parent'), type_='check')
        batch_op.drop_constraint(op.f('ck_competition_selects_for_one'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_competition_outer_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_competition_parent_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_competition_parent_id'))
        batch_op.drop_index(batch_op.f('ix_competition_outer_id'))
        batch_op.drop_column('advancing')
        batch_op.drop_column('parent_id')
        batch_op.drop_column('outer_id')

    with op.batch_alter_table('session_station', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_session_station_station_id'))

    op.drop_table('session_station')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incident_event_id'))

    op.drop_table('incident')
    op.drop_table('station')
    op.drop_table('regulations')
    op.drop_table('judge_occupation')
    op.drop_table('judge_module')
    with op.batch_alter_table('equipment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_equipment_event_id'))

    op.drop_table('equipment')
    with op.batch_alter_table('contest_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contest_session_starts_at'))
        batch_op.drop_index(batch_op.f('ix_contest_session_event_id'))

    op.drop_table('contest_session')
    with op.batch_alter_table('judge_relation', schema=None) as batch_op:
        batch_op.drop_index('ix_judge_relation_account_id')

    op.drop_table('judge_relation')
    with op.batch_alter_table('judge_profile', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_judge_profile_employer_id'))

    op.drop_table('judge_profile')
    op.drop_table('feed_token')
    with op.batch_alter_table('outer_competition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outer_competition_year'))

    op.drop_table('outer_competition')
