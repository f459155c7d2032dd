"""Make templates, the register of evaluation bodies and grade certificates

Revision ID: 0015
Revises: 0014
"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

VALID = sa.text("state = 'valid'")


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), 'postgresql')
    moment = sa.DateTime(timezone=True)
    op.create_table('certificate_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_template')),
    sa.UniqueConstraint('name', name=op.f('uq_certificate_template_name'))
    )
    op.create_index(op.f('ix_certificate_template_kind'), 'certificate_template', ['kind'], unique=False)
    op.create_table('certificate_template_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('template_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('spec', document, nullable=False),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('frozen_at', moment, nullable=True),
    sa.CheckConstraint('version >= 1', name=op.f('ck_certificate_template_version_version_counts_from_one')),
    sa.ForeignKeyConstraint(['created_by'], ['account.id'], name=op.f('fk_certificate_template_version_created_by')),
    sa.ForeignKeyConstraint(['template_id'], ['certificate_template.id'], name=op.f('fk_certificate_template_version_template_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_template_version')),
    sa.UniqueConstraint('template_id', 'version', name=op.f('uq_certificate_template_version_template_id_version'))
    )
    op.create_table('evaluation_body',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=1), nullable=False),
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('province', sa.String(length=2), nullable=False),
    sa.Column('serial', sa.String(length=6), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint("kind IN ('Y', 'S')", name=op.f('ck_evaluation_body_kind_known')),
    sa.CheckConstraint('length(code) = 4 AND length(province) = 2 AND length(serial) = 6', name=op.f('ck_evaluation_body_parts_long')),
    sa.CheckConstraint('valid_to IS NULL OR valid_from <= valid_to', name=op.f('ck_evaluation_body_days_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_body')),
    sa.UniqueConstraint('kind', 'code', 'province', 'serial', name='uq_evaluation_body_number_parts'),
    sa.UniqueConstraint('name', name=op.f('uq_evaluation_body_name'))
    )
    op.create_table('evaluation_body_scope',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('occupation_code', sa.String(length=12), nullable=False),
    sa.Column('occupation_name', sa.String(length=80), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.CheckConstraint('level BETWEEN 1 AND 5', name=op.f('ck_evaluation_body_scope_level_known')),
    sa.ForeignKeyConstraint(['body_id'], ['evaluation_body.id'], name=op.f('fk_evaluation_body_scope_body_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_body_scope')),
    sa.UniqueConstraint('body_id', 'occupation_code', 'level', name='uq_evaluation_body_scope_filed')
    )
    op.create_table('grade_counter',
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['evaluation_body.id'], name=op.f('fk_grade_counter_body_id')),
    sa.PrimaryKeyConstraint('body_id', 'year', 'level', name=op.f('pk_grade_counter'))
    )
    op.create_table('void_number',
    sa.Column('number', sa.String(length=22), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('voided_at', moment, nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_void_number_account_id')),
    sa.ForeignKeyConstraint(['body_id'], ['evaluation_body.id'], name=op.f('fk_void_number_body_id')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_void_number'))
    )
    op.create_table('person_photo',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('file_hash', sa.String(length=64), nullable=False),
    sa.Column('uploaded_at', moment, nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_photo_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_photo'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.add_column(sa.Column('template_version_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('private', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('grade_index', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('photo_hash', sa.String(length=64), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_certificate_template_version_id'), 'certificate_template_version', ['template_version_id'], ['id'])
    op.create_index('uq_certificate_valid_grade', 'certificate', ['grade_index'], unique=True, sqlite_where=VALID, postgresql_where=VALID)


def downgrade() -> None:
    op.drop_index('uq_certificate_valid_grade', table_name='certificate')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_certificate_template_version_id'), type_='foreignkey')
        for name in ('photo_hash', 'grade_index', 'private', 'template_version_id'):
            batch_op.drop_column(name)
    op.drop_table('person_photo')
    op.drop_table('void_number')
    op.drop_table('grade_counter')
    op.drop_table('evaluation_body_scope')
    op.drop_table('evaluation_body')
    op.drop_table('certificate_template_version')
    op.drop_index(op.f('ix_certificate_template_kind'), table_name='certificate_template')
    op.drop_table('certificate_template')
