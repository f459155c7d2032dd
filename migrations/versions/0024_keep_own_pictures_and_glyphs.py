"""Keep pictures of templates and drawn characters

Revision ID: 0024
Revises: 0023
"""
import sqlalchemy as sa
from alembic import op

import qzcompete.core.columns

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('certificate_template_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ground_hash', qzcompete.core.columns.FileHash(), nullable=True))
        batch_op.add_column(sa.Column('signature_hash', qzcompete.core.columns.FileHash(), nullable=True))
    op.create_table(
        'own_glyph',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('character', sa.String(length=1), nullable=False),
        sa.Column('outline', sa.Text(), nullable=False),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('created_at', qzcompete.core.columns.UtcDateTime(), nullable=False),
        sa.Column('created_by', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['created_by'], ['account.id'], name=op.f('fk_own_glyph_created_by_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_own_glyph')),
        sa.UniqueConstraint('character', name=op.f('uq_own_glyph_character')),
    )


def downgrade() -> None:
    op.drop_table('own_glyph')
    with op.batch_alter_table('certificate_template_version', schema=None) as batch_op:
        batch_op.drop_column('signature_hash')
        batch_op.drop_column('ground_hash')
