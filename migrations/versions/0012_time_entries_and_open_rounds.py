"""Time entries by a judge, and open signed sheets for the cells of a round alone

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("candidate") as candidate:
        candidate.add_column(sa.Column("timed_by", sa.String(length=100), nullable=True))
    with op.batch_alter_table("sheet") as sheet:
        sheet.add_column(sa.Column("rounds_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sheet") as sheet:
        sheet.drop_column("rounds_since")
    with op.batch_alter_table("candidate") as candidate:
        candidate.drop_column("timed_by")
