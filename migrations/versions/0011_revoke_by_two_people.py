"""Revoke certificates by two people, replace them by others, count who verifies

Revision ID: 0011
Revises: 0010
"""
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

VALID = sa.text("state = 'valid'")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table('verification_try',
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('time_window', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.CheckConstraint('tries >= 1', name=op.f('ck_verification_try_tries_counted')),
    sa.PrimaryKeyConstraint('address', 'time_window', name=op.f('pk_verification_try'))
    )
    op.drop_index('uq_certificate_valid_entry', table_name='certificate')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.add_column(sa.Column('slot', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('sample', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('issued_at', moment, nullable=True))
        batch_op.add_column(sa.Column('replaced_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('replace_reason', sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column('revoke_asked_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('revoke_asked_at', moment, nullable=True))
        batch_op.add_column(sa.Column('revoked_by', sa.Integer(), nullable=True))
        batch_op.alter_column('name', existing_type=sa.String(length=40), type_=sa.String(length=80))
        for name in ('entry_id', 'event_id', 'result_set_id'):
            batch_op.alter_column(name, existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key(batch_op.f('fk_certificate_replaced_by_id'), 'certificate', ['replaced_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_certificate_revoke_asked_by'), 'account', ['revoke_asked_by'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_certificate_revoked_by'), 'account', ['revoked_by'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_certificate_two_people_revoke'),
            'revoked_by IS NULL OR (revoke_asked_by IS NOT NULL AND revoke_asked_by <> revoked_by)')
        batch_op.create_check_constraint(batch_op.f('ck_certificate_replaced_by_another'),
            "replaced_by_id IS NULL OR state = 'replaced'")
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.alter_column('slot', existing_type=sa.String(length=40), existing_nullable=False, server_default=None)
        batch_op.alter_column('sample', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch_op.create_index(batch_op.f('ix_certificate_file_hash'), ['file_hash'], unique=False)
    op.create_index('uq_certificate_valid_entry', 'certificate', ['entry_id', 'kind', 'slot'], unique=True,
        sqlite_where=VALID, postgresql_where=VALID)


def downgrade() -> None:
    op.drop_index('uq_certificate_valid_entry', table_name='certificate')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_file_hash'))
        batch_op.drop_constraint(batch_op.f('ck_certificate_replaced_by_another'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_certificate_two_people_revoke'), type_='check')
        for name in ('replaced_by_id', 'revoke_asked_by', 'revoked_by'):
            batch_op.drop_constraint(batch_op.f(f'fk_certificate_{name}'), type_='foreignkey')
        for name in ('entry_id', 'event_id', 'result_set_id'):
            batch_op.alter_column(name, existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('name', existing_type=sa.String(length=80), type_=sa.String(length=40))
        for name in ('revoked_by', 'revoke_asked_at', 'revoke_asked_by', 'replace_reason', 'replaced_by_id', 'issued_at', 'sample', 'slot'):
            batch_op.drop_column(name)
    op.create_index('uq_certificate_valid_entry', 'certificate', ['entry_id'], unique=True,
        sqlite_where=VALID, postgresql_where=VALID)
    op.drop_table('verification_try')
