"""Issue plaques as certificates: one archive, one page that verifies

Revision ID: 0020
Revises: 0019
"""
import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

VALID = sa.text("state = 'valid'")


def upgrade() -> None:
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.add_column(sa.Column('designation_id', sa.Integer(), nullable=True))
        batch_op.alter_column('name', existing_type=sa.String(length=80), type_=sa.String(length=120))
        batch_op.create_foreign_key(
            batch_op.f('fk_certificate_designation_id'), 'designation', ['designation_id'], ['id']
        )
        batch_op.create_index(
            'uq_certificate_valid_plaque', ['designation_id'], unique=True,
            sqlite_where=VALID, postgresql_where=VALID,
        )
    with op.batch_alter_table('designation', schema=None) as batch_op:
        batch_op.drop_constraint('uq_designation_plaque_token', type_='unique')
        batch_op.drop_column('plaque_token')


def downgrade() -> None:
    with op.batch_alter_table('designation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('plaque_token', sa.String(length=32), nullable=True))
    op.execute("UPDATE designation SET plaque_token = 'GONE' || id")
    with op.batch_alter_table('designation', schema=None) as batch_op:
        batch_op.alter_column('plaque_token', existing_type=sa.String(length=32), nullable=False)
        batch_op.create_unique_constraint('uq_designation_plaque_token', ['plaque_token'])
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index('uq_certificate_valid_plaque', sqlite_where=VALID, postgresql_where=VALID)
        batch_op.drop_constraint('fk_certificate_designation_id', type_='foreignkey')
        batch_op.drop_column('designation_id')
        batch_op.alter_column('name', existing_type=sa.String(length=120), type_=sa.String(length=80))
