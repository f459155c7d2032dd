"""Name the time points of competitions, keep their postponements, and the numbers that a competition sets itself

Revision ID: 0009
Revises: 0008
"""
import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAMES = (
    "registration_opens", "registration_closes", "draw", "sessions_begin", "mark_deadline",
    "notice_begins", "notice_ends", "appeals_close", "award",
)
# column of the competition -> the time point that it becomes
COLUMNS = {"registration_opens_at": "registration_opens", "registration_closes_at": "registration_closes"}


def names() -> sa.Enum:
    return sa.Enum(*NAMES, name='time_point_name', native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table('time_point',
    sa.Column('competition_id', sa.Integer(), nullable=False),
    sa.Column('name', names(), nullable=False),
    sa.Column('at', moment, nullable=False),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_time_point_competition_id')),
    sa.PrimaryKeyConstraint('competition_id', 'name', name=op.f('pk_time_point'))
    )
    op.create_table('postponement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('competition_id', sa.Integer(), nullable=False),
    sa.Column('name', names(), nullable=False),
    sa.Column('from_at', moment, nullable=True),
    sa.Column('to_at', moment, nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('moved_at', moment, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_postponement_account_id')),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_postponement_competition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postponement'))
    )
    with op.batch_alter_table('postponement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postponement_competition_id'), ['competition_id'], unique=False)
    op.create_table('competition_setting',
    sa.Column('competition_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['competition_id'], ['competition.id'], name=op.f('fk_competition_setting_competition_id')),
    sa.PrimaryKeyConstraint('competition_id', 'name', name=op.f('pk_competition_setting'))
    )
    for column, name in COLUMNS.items():
        op.execute(
            f"INSERT INTO time_point (competition_id, name, at) "
            f"SELECT id, '{name}', {column} FROM competition WHERE {column} IS NOT NULL"
        )
    with op.batch_alter_table('competition', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_competition_registration_in_order'), type_='check')
        for column in COLUMNS:
            batch_op.drop_column(column)


def downgrade() -> None:
    with op.batch_alter_table('competition', schema=None) as batch_op:
        for column in COLUMNS:
            batch_op.add_column(sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    for column, name in COLUMNS.items():
        op.execute(
            f"UPDATE competition SET {column} = (SELECT at FROM time_point "
            f"WHERE competition_id = competition.id AND name = '{name}')"
        )
    with op.batch_alter_table('competition', schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f('ck_competition_registration_in_order'),
            'registration_opens_at IS NULL OR registration_closes_at IS NULL '
            'OR registration_opens_at < registration_closes_at',
        )
    op.drop_table('competition_setting')
    with op.batch_alter_table('postponement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_postponement_competition_id'))
    op.drop_table('postponement')
    op.drop_table('time_point')
