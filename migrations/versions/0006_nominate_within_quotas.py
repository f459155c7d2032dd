"""Nominate within quotas, and say how far the office is with each entry

Revision ID: 0006
Revises: 0005
"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CHECKS = (
    ("admission", "admission IN ('submitted', 'returned', 'waiting', 'accepted')"),
    ("standing", "standing IN ('employee', 'student', 'self_employed')"),
    ("accepted_has_number", "admission <> 'accepted' OR number IS NOT NULL"),
    ("returned_says_why", "admission <> 'returned' OR note IS NOT NULL"),
    ("waiting_has_its_time", "admission <> 'waiting' OR waits_since IS NOT NULL"),
    ("skill_level_in_bounds", "skill_level BETWEEN 1 AND 5"),
)


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), 'postgresql')
    moment = sa.DateTime(timezone=True)
    op.create_table('former_winner',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('occupation_code', sa.String(length=12), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('award', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_former_winner_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_winner')),
    sa.UniqueConstraint('person_id', 'occupation_code', 'year', name=op.f('uq_former_winner_person_id_occupation_code_year'))
    )
    op.create_table('quota',
    sa.Column('competition_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.CheckConstraint('total >= 0', name=op.f('ck_quota_total_not_negative')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_quota_competition_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_quota_organisation_id')),
    sa.PrimaryKeyConstraint('competition_id', 'organisation_id', name=op.f('pk_quota'))
    )
    op.create_table('registration_setting',
    sa.Column('competition_id', sa.Integer(), nullable=False),
    sa.Column('self_registration', sa.Boolean(), nullable=False),
    sa.Column('substitution_until', moment, nullable=True),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_registration_setting_competition_id')),
    sa.PrimaryKeyConstraint('competition_id', name=op.f('pk_registration_setting'))
    )
    op.create_table('event_quota',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.CheckConstraint('places >= 0', name=op.f('ck_event_quota_places_not_negative')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_quota_event_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_event_quota_organisation_id')),
    sa.PrimaryKeyConstraint('event_id', 'organisation_id', name=op.f('pk_event_quota'))
    )
    op.create_table('event_rules',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('rules', document, nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_rules_event_id')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_event_rules'))
    )
    op.create_table('entry_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('leader', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_entry_member_entry_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_entry_member_event_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_entry_member_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_member')),
    sa.UniqueConstraint('event_id', 'person_id', name=op.f('uq_entry_member_event_id_person_id'))
    )
    with op.batch_alter_table('entry_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_member_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_entry_member_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_entry_member_leader', ['entry_id'], unique=True, sqlite_where=sa.text('leader'), postgresql_where=sa.text('leader'))

    op.create_table('rule_override',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=24), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', moment, nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', moment, nullable=True),
    sa.CheckConstraint('(confirmed_by IS NULL) = (confirmed_at IS NULL)', name=op.f('ck_rule_override_confirmed_whole')),
    sa.CheckConstraint('confirmed_by IS NULL OR asked_by <> confirmed_by', name=op.f('ck_rule_override_two_people')),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_rule_override_asked_by')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_rule_override_confirmed_by')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_rule_override_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_override')),
    sa.UniqueConstraint('entry_id', 'rule', name=op.f('uq_rule_override_entry_id_rule'))
    )
    op.create_table('substitution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('former_person_id', sa.Integer(), nullable=False),
    sa.Column('former_name', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', moment, nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_substitution_account_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_substitution_entry_id')),
    sa.ForeignKeyConstraint(['former_person_id'], ['person.id'], name=op.f('fk_substitution_former_person_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_substitution_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_substitution'))
    )
    with op.batch_alter_table('substitution', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_substitution_entry_id'), ['entry_id'], unique=False)

    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('admission', sa.String(length=24), server_default='accepted', nullable=False))
        batch_op.add_column(sa.Column('note', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('waits_since', moment, nullable=True))
        batch_op.add_column(sa.Column('standing', sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column('skill_level', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('guardian', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('account_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('checked_in_at', moment, nullable=True))
        batch_op.alter_column('number', existing_type=sa.String(length=16), nullable=True)
        batch_op.create_index(batch_op.f('ix_entry_account_id'), ['account_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_entry_account_id'), 'account', ['account_id'], ['id'])
        for name, condition in CHECKS:
            batch_op.create_check_constraint(batch_op.f(f'ck_entry_{name}'), condition)



def downgrade() -> None:
    op.execute("UPDATE entry SET number = 'N' || id WHERE number IS NULL")
    with op.batch_alter_table('entry', schema=None) as batch_op:
        for name, _condition in CHECKS:
            batch_op.drop_constraint(batch_op.f(f'ck_entry_{name}'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_entry_account_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_entry_account_id'))
        batch_op.alter_column('number', existing_type=sa.String(length=16), nullable=False)
        for column in ('checked_in_at', 'account_id', 'guardian', 'skill_level', 'standing', 'waits_since', 'note', 'admission'):
            batch_op.drop_column(column)

    with op.batch_alter_table('substitution', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_substitution_entry_id'))

    op.drop_table('substitution')
    op.drop_table('rule_override')
    with op.batch_alter_table('entry_member', schema=None) as batch_op:
        batch_op.drop_index('uq_entry_member_leader', sqlite_where=sa.text('leader'), postgresql_where=sa.text('leader'))
        batch_op.drop_index(batch_op.f('ix_entry_member_person_id'))
        batch_op.drop_index(batch_op.f('ix_entry_member_entry_id'))

    op.drop_table('entry_member')
    op.drop_table('event_rules')
    op.drop_table('event_quota')
    op.drop_table('registration_setting')
    op.drop_table('quota')
    op.drop_table('former_winner')
