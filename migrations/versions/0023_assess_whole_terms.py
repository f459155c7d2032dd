"""Assess whole terms beside years

Revision ID: 0023
Revises: 0022
"""
import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('year_assessment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('whole_term', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_constraint(batch_op.f('uq_year_assessment_designation_id_year'), type_='unique')
        batch_op.create_unique_constraint(
            batch_op.f('uq_year_assessment_designation_id_year_whole_term'), ['designation_id', 'year', 'whole_term']
        )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM year_assessment WHERE whole_term"))
    with op.batch_alter_table('year_assessment', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_year_assessment_designation_id_year_whole_term'), type_='unique')
        batch_op.create_unique_constraint(
            batch_op.f('uq_year_assessment_designation_id_year'), ['designation_id', 'year']
        )
        batch_op.drop_column('whole_term')
