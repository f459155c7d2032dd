"""Find persons by the beginnings of their names

Revision ID: 0026
Revises: 0025
"""
import sqlalchemy as sa
from alembic import op

from qzcompete.people.rules.identity import search_terms

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    terms = op.create_table(
        'person_term',
        sa.Column('term', sa.String(length=200).with_variant(sa.String(length=200, collation='C'), 'postgresql'), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_term_person_id_person')),
        sa.PrimaryKeyConstraint('term', 'person_id', name=op.f('pk_person_term')),
    )
    with op.batch_alter_table('person_term', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_term_person_id'), ['person_id'], unique=False)
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, search FROM person WHERE search <> ''")).all()
    made = [{"term": term, "person_id": key} for key, search in rows for term in search_terms(search)]
    for start in range(0, len(made), 5000):
        op.bulk_insert(terms, made[start:start + 5000])


def downgrade() -> None:
    op.drop_table('person_term')
