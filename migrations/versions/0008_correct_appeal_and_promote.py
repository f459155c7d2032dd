"""Correct, appeal and promote: re-checks, appeals, versions with reasons, the promotion table

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "promotion_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rows", document, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("in_force_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_table")),
        sa.UniqueConstraint("version", name=op.f("uq_promotion_table_version")),
    )
    op.create_table(
        "result_setting",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_result_setting_competition_id")
        ),
        sa.PrimaryKeyConstraint("competition_id", "name", name=op.f("pk_result_setting")),
    )
    op.create_table(
        "recheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("leading_by", sa.String(length=8), nullable=False),
        sa.Column("leading", sa.Integer(), nullable=False),
        sa.Column("sample_percent", sa.Integer(), nullable=False),
        sa.Column("error_by", sa.String(length=8), nullable=False),
        sa.Column("error_percent", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ordered",
                "finished",
                name="recheck_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("ordered_at", moment, nullable=False),
        sa.Column("ordered_by", sa.Integer(), nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_recheck_event_id")),
        sa.ForeignKeyConstraint(["ordered_by"], ["account.id"], name=op.f("fk_recheck_ordered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_recheck_event_id_number")),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("result_set_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("instance", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("grounds", sa.String(length=2000), nullable=False),
        sa.Column("aspects", document, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "filed",
                "assigned",
                "upheld",
                "rejected",
                "settled",
                name="appeal_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("filed_at", moment, nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("arbiter_id", sa.Integer(), nullable=True),
        sa.Column("arbiter_unit", sa.String(length=80), nullable=False),
        sa.Column("assigned_at", moment, nullable=True),
        sa.Column("remedy", sa.String(length=12), nullable=True),
        sa.Column("finding", sa.String(length=2000), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (finding IS NULL)", name=op.f("ck_appeal_decided_with_a_finding")
        ),
        sa.CheckConstraint(
            "(instance = 2) = (previous_id IS NOT NULL)", name=op.f("ck_appeal_second_follows_first")
        ),
        sa.CheckConstraint("instance IN (1, 2)", name=op.f("ck_appeal_first_or_second_instance")),
        sa.ForeignKeyConstraint(["arbiter_id"], ["account.id"], name=op.f("fk_appeal_arbiter_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_appeal_entry_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_appeal_event_id")),
        sa.ForeignKeyConstraint(["filed_by"], ["account.id"], name=op.f("fk_appeal_filed_by")),
        sa.ForeignKeyConstraint(["previous_id"], ["appeal.id"], name=op.f("fk_appeal_previous_id")),
        sa.ForeignKeyConstraint(["result_set_id"], ["result_set.id"], name=op.f("fk_appeal_result_set_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["result_set.id"], name=op.f("fk_appeal_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint(
            "result_set_id", "entry_id", "instance", name=op.f("uq_appeal_result_set_id_entry_id_instance")
        ),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_arbiter_id"), ["arbiter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_filed_by"), ["filed_by"], unique=False)

    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("result_set_id", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("parts", document, nullable=False),
        sa.Column("held_level", sa.Integer(), nullable=True),
        sa.Column("held_proof", sa.String(length=120), nullable=False),
        sa.Column("grants", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("against", sa.String(length=16), nullable=True),
        sa.Column("outdated", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "rejected",
                name="promotion_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state <> 'rejected' OR length(reason) >= 1", name=op.f("ck_promotion_rejected_with_reason")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_promotion_decided_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_promotion_entry_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_promotion_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_promotion_person_id")),
        sa.ForeignKeyConstraint(
            ["result_set_id"], ["result_set.id"], name=op.f("fk_promotion_result_set_id")
        ),
        sa.ForeignKeyConstraint(["table_id"], ["promotion_table.id"], name=op.f("fk_promotion_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("entry_id", "person_id", name=op.f("uq_promotion_entry_id_person_id")),
    )
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promotion_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "uq_promotion_person_id_year",
            ["person_id", "year"],
            unique=True,
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )

    op.create_table(
        "recheck_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recheck_id", sa.Integer(), nullable=False),
        sa.Column("candidate_code", sa.String(length=100), nullable=False),
        sa.Column("judge", sa.String(length=100), nullable=False),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=True),
        sa.Column("checked_at", moment, nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_recheck_sheet_checked_by")),
        sa.ForeignKeyConstraint(["recheck_id"], ["recheck.id"], name=op.f("fk_recheck_sheet_recheck_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck_sheet")),
        sa.UniqueConstraint(
            "recheck_id",
            "candidate_code",
            "judge",
            name=op.f("uq_recheck_sheet_recheck_id_candidate_code_judge"),
        ),
    )
    op.create_table(
        "appeal_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("mime_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_evidence_appeal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_evidence")),
    )
    with op.batch_alter_table("appeal_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_evidence_appeal_id"), ["appeal_id"], unique=False)

    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("candidate_code", sa.String(length=100), nullable=False),
        sa.Column("aspect_code", sa.String(length=100), nullable=False),
        sa.Column("judge", sa.String(length=100), nullable=False),
        sa.Column("recorded", sa.String(length=40), nullable=True),
        sa.Column("found", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("recheck_sheet_id", sa.Integer(), nullable=True),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "corrected",
                "kept",
                name="correction_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("found_at", moment, nullable=False),
        sa.Column("found_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state = 'open' OR length(reason) >= 1", name=op.f("ck_correction_decided_with_reason")
        ),
        sa.CheckConstraint(
            "(recheck_sheet_id IS NULL) <> (appeal_id IS NULL)", name=op.f("ck_correction_found_by_one")
        ),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_correction_appeal_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_correction_decided_by")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_correction_event_id")),
        sa.ForeignKeyConstraint(["found_by"], ["account.id"], name=op.f("fk_correction_found_by")),
        sa.ForeignKeyConstraint(
            ["recheck_sheet_id"], ["recheck_sheet.id"], name=op.f("fk_correction_recheck_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_appeal_id"), ["appeal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_correction_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_correction_recheck_sheet_id"), ["recheck_sheet_id"], unique=False
        )

    # Plain additions: SQLite would copy the table, and cannot while rows elsewhere refer to it.
    op.add_column("result_set", sa.Column("entrants_at", moment, nullable=True))
    op.add_column("result_set", sa.Column("public_at", moment, nullable=True))
    op.add_column("result_set", sa.Column("reason", sa.String(length=400), nullable=False, server_default=""))
    op.add_column("result_set", sa.Column("changes", document, nullable=True))
    op.execute(
        "ALTER TABLE result_set ADD COLUMN replaces INTEGER CONSTRAINT ck_result_set_replacement_has_a_reason "
        "CHECK (replaces IS NULL OR length(reason) >= 1)"
    )
    # What is public stays public.
    op.execute(
        "UPDATE result_set SET entrants_at = published_at, public_at = published_at WHERE state = 'published'"
    )


def downgrade() -> None:
    for column in ("replaces", "changes", "reason", "public_at", "entrants_at"):
        op.drop_column("result_set", column)
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correction_recheck_sheet_id"))
        batch_op.drop_index(batch_op.f("ix_correction_event_id"))
        batch_op.drop_index(batch_op.f("ix_correction_appeal_id"))

    op.drop_table("correction")
    with op.batch_alter_table("appeal_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_evidence_appeal_id"))

    op.drop_table("appeal_evidence")
    op.drop_table("recheck_sheet")
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_promotion_person_id_year",
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.drop_index(batch_op.f("ix_promotion_event_id"))

    op.drop_table("promotion")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_filed_by"))
        batch_op.drop_index(batch_op.f("ix_appeal_event_id"))
        batch_op.drop_index(batch_op.f("ix_appeal_arbiter_id"))

    op.drop_table("appeal")
    op.drop_table("recheck")
    op.drop_table("result_setting")
    op.drop_table("promotion_table")
