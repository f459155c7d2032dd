"""Keep the winners of our own events, beside those that somebody noted

Revision ID: 0022
Revises: 0021
"""
import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NOTED = sa.text("event_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table('former_winner', schema=None) as batch_op:
        batch_op.add_column(sa.Column('event_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_former_winner_event_id'), 'event', ['event_id'], ['id'])
        batch_op.drop_constraint(batch_op.f('uq_former_winner_person_id_occupation_code_year'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_former_winner_person_id_event_id'), ['person_id', 'event_id'])
    op.create_index('uq_former_winner_noted', 'former_winner', ['person_id', 'occupation_code', 'year'],
                    unique=True, sqlite_where=NOTED, postgresql_where=NOTED)


def downgrade() -> None:
    op.drop_index('uq_former_winner_noted', table_name='former_winner')
    op.execute("DELETE FROM former_winner WHERE event_id IS NOT NULL")
    with op.batch_alter_table('former_winner', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_former_winner_person_id_event_id'), type_='unique')
        batch_op.create_unique_constraint(
            batch_op.f('uq_former_winner_person_id_occupation_code_year'), ['person_id', 'occupation_code', 'year']
        )
        batch_op.drop_constraint(batch_op.f('fk_former_winner_event_id'), type_='foreignkey')
        batch_op.drop_column('event_id')
