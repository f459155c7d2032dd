"""Create messages with their deliveries, and the bureau's own days of the calendar

Revision ID: 0007
Revises: 0006
"""
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table('special_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('works', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_special_day'))
    )
    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('kind', sa.String(length=48), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=True),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('read_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_message_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('key', name=op.f('uq_message_key'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_account_id_read_at', ['account_id', 'read_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_kind'), ['kind'], unique=False)

    op.create_table('message_address',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.LargeBinary(), nullable=True),
    sa.Column('mobile', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_message_address_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_message_address'))
    )
    op.create_table('message_delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.Enum('email', 'sms', name='channel', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', 'dead', name='delivery_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('error', sa.String(length=200), nullable=True),
    sa.Column('sent_at', moment, nullable=True),
    sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f('ck_message_delivery_sent_at_a_time')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_delivery_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_delivery')),
    sa.UniqueConstraint('message_id', 'channel', name=op.f('uq_message_delivery_message_id_channel'))
    )


def downgrade() -> None:
    op.drop_table('message_delivery')
    op.drop_table('message_address')
    op.drop_table('message')
    op.drop_table('special_day')
