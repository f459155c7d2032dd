"""The statements of the path of the marks, for SQLite and for PostgreSQL; `models` stays what defines the tables.

PostgreSQL locks what it reads as said; on SQLite the one writer holds the whole database. Keys are JSON arrays.
"""

from qzcompete.core.driver import Insert, Statement

# A grant that was revoked a moment ago gives no right: its row is held, too, and asked again after a wait.
RIGHTS = Statement(
    """
    SELECT tablet_grant.token_hash, tablet_grant.id, tablet_grant.device_id, seat.name, seat.account_id,
        (SELECT value FROM server_epoch),
        seat.id, seat.code, assessment.id, assessment.code, assessment.state, assessment.scheme_hash,
        assessment.opened_at, assessment.reason_below, assessment.reason_above
    FROM json_each(?) AS asked
    CROSS JOIN tablet_grant ON tablet_grant.token_hash = asked.value
    CROSS JOIN seat ON seat.id = tablet_grant.seat_id
    CROSS JOIN assessment ON assessment.id = seat.assessment_id
    WHERE tablet_grant.expires_at > ? AND tablet_grant.revoked_at IS NULL
    """,
    """
    SELECT tablet_grant.token_hash, tablet_grant.id, tablet_grant.device_id, seat.name, seat.account_id,
        (SELECT value FROM server_epoch),
        seat.id, seat.code, assessment.id, assessment.code, assessment.state, assessment.scheme_hash,
        assessment.opened_at, assessment.reason_below, assessment.reason_above
    FROM seat
    JOIN tablet_grant ON tablet_grant.seat_id = seat.id
    JOIN assessment ON assessment.id = seat.assessment_id
    WHERE tablet_grant.token_hash = ANY (ARRAY(SELECT json_array_elements_text(%s::json)))
        AND tablet_grant.expires_at > %s AND tablet_grant.revoked_at IS NULL
    ORDER BY seat.id, tablet_grant.id
    FOR UPDATE OF seat FOR SHARE OF assessment, tablet_grant
    """,
)
SEAT = Statement(
    """
    SELECT seat.id, seat.code, assessment.id, assessment.code, assessment.state, assessment.scheme_hash,
        assessment.opened_at, assessment.reason_below, assessment.reason_above
    FROM seat JOIN assessment ON assessment.id = seat.assessment_id
    WHERE seat.id = ?
    """,
    """
    SELECT seat.id, seat.code, assessment.id, assessment.code, assessment.state, assessment.scheme_hash,
        assessment.opened_at, assessment.reason_below, assessment.reason_above
    FROM seat JOIN assessment ON assessment.id = seat.assessment_id
    WHERE seat.id = %s
    FOR UPDATE OF seat FOR SHARE OF assessment
    """,
)
SCHEME = Statement(
    "SELECT scheme FROM assessment WHERE id = ? AND scheme_hash IS NOT NULL",
    "SELECT scheme FROM assessment WHERE id = %s AND scheme_hash IS NOT NULL",
)
ASPECTS = Statement(
    "SELECT code, id FROM aspect WHERE assessment_id = ?",
    "SELECT code, id FROM aspect WHERE assessment_id = %s",
)
CANDIDATES = Statement(
    "SELECT code, id FROM candidate WHERE assessment_id = ?",
    "SELECT code, id FROM candidate WHERE assessment_id = %s",
)

# The answers that were given before.
ANSWERS = Statement(
    """
    SELECT op_id, seat_id, body_hash, status, code, result_rev, "current"
    FROM json_each(?) AS asked CROSS JOIN mark_op ON mark_op.op_id = asked.value
    """,
    """
    SELECT op_id, seat_id, body_hash, status, code, result_rev, "current"
    FROM mark_op WHERE op_id = ANY (ARRAY(SELECT json_array_elements_text(%s::json)))
    """,
)
# For each [seat, candidate]: the sheet, if there is one, whether it is open for rounds alone, and whether the judge
# is recused.
SHEETS = Statement(
    """
    SELECT asked.seat_id, asked.candidate_id, sheet.state, sheet.digest, sheet.rounds_since IS NOT NULL,
        recusal.seat_id IS NOT NULL
    FROM (
        SELECT json_extract(value, '$[0]') AS seat_id, json_extract(value, '$[1]') AS candidate_id
        FROM json_each(?)
    ) AS asked
    LEFT JOIN sheet ON sheet.seat_id = asked.seat_id AND sheet.candidate_id = asked.candidate_id
    LEFT JOIN recusal ON recusal.seat_id = asked.seat_id AND recusal.candidate_id = asked.candidate_id
    """,
    """
    SELECT asked.seat_id, asked.candidate_id, sheet.state, sheet.digest, sheet.rounds_since IS NOT NULL,
        recusal.seat_id IS NOT NULL
    FROM (
        SELECT (value ->> 0)::int AS seat_id, (value ->> 1)::int AS candidate_id
        FROM json_array_elements(%s::json)
    ) AS asked
    LEFT JOIN sheet ON sheet.seat_id = asked.seat_id AND sheet.candidate_id = asked.candidate_id
    LEFT JOIN recusal ON recusal.seat_id = asked.seat_id AND recusal.candidate_id = asked.candidate_id
    """,
)
# The cells that may change on sheets that are open for rounds alone, each named as [seat, candidate].
OPEN_AGAIN = Statement(
    """
    SELECT sheet.seat_id, sheet.candidate_id, remark.aspect_id
    FROM json_each(?) AS asked
    CROSS JOIN sheet ON sheet.seat_id = json_extract(asked.value, '$[0]')
        AND sheet.candidate_id = json_extract(asked.value, '$[1]')
    CROSS JOIN remark ON remark.candidate_id = sheet.candidate_id
        AND remark.opened_at >= sheet.rounds_since
    """,
    """
    SELECT sheet.seat_id, sheet.candidate_id, remark.aspect_id
    FROM json_array_elements(%s::json) AS asked(key)
    JOIN sheet ON sheet.seat_id = (asked.key ->> 0)::int AND sheet.candidate_id = (asked.key ->> 1)::int
    JOIN remark ON remark.candidate_id = sheet.candidate_id AND remark.opened_at >= sheet.rounds_since
    """,
)
# For each [seat, candidate, aspect], and for each [seat, candidate].
MARKS = Statement(
    """
    SELECT mark.seat_id, mark.candidate_id, mark.aspect_id, mark.rev, mark.value, mark.op_id
    FROM json_each(?) AS asked
    CROSS JOIN mark ON mark.seat_id = json_extract(asked.value, '$[0]')
        AND mark.candidate_id = json_extract(asked.value, '$[1]')
        AND mark.aspect_id = json_extract(asked.value, '$[2]')
    """,
    """
    SELECT mark.seat_id, mark.candidate_id, mark.aspect_id, mark.rev, mark.value, mark.op_id
    FROM json_array_elements(%s::json) AS asked(key)
    JOIN mark ON mark.seat_id = (asked.key ->> 0)::int
        AND mark.candidate_id = (asked.key ->> 1)::int
        AND mark.aspect_id = (asked.key ->> 2)::int
    """,
)
MARKS_OF_SHEETS = Statement(
    """
    SELECT mark.seat_id, mark.candidate_id, mark.aspect_id, mark.rev, mark.value, mark.op_id
    FROM json_each(?) AS asked
    CROSS JOIN mark ON mark.seat_id = json_extract(asked.value, '$[0]')
        AND mark.candidate_id = json_extract(asked.value, '$[1]')
    """,
    """
    SELECT mark.seat_id, mark.candidate_id, mark.aspect_id, mark.rev, mark.value, mark.op_id
    FROM json_array_elements(%s::json) AS asked(key)
    JOIN mark ON mark.seat_id = (asked.key ->> 0)::int
        AND mark.candidate_id = (asked.key ->> 1)::int
    """,
)
# When an op came, and the label of its tablet.
GIVEN = Statement(
    """
    SELECT mark_op.received_at, device.label
    FROM mark_op LEFT JOIN device ON device.id = mark_op.device_id WHERE mark_op.op_id = ?
    """,
    """
    SELECT mark_op.received_at, device.label
    FROM mark_op LEFT JOIN device ON device.id = mark_op.device_id WHERE mark_op.op_id = %s
    """,
)
LABEL = Statement("SELECT label FROM device WHERE id = ?", "SELECT label FROM device WHERE id = %s")

NEW_OPS = Insert(
    "mark_op",
    (
        "op_id",
        "body_hash",
        "seat_id",
        "device_id",
        "grant_id",
        "seq",
        "candidate_id",
        "aspect_id",
        "kind",
        "value",
        "base_rev",
        "client_ts",
        "clock_offset_ms",
        "received_at",
        "status",
        "code",
        "result_rev",
        "extra",
        "current",
    ),
)
NEW_MARKS = Insert("mark", ("candidate_id", "aspect_id", "seat_id", "rev", "value", "op_id"))
# Only where the mark still is what was read.
CHANGED_MARKS = Statement(
    """
    UPDATE mark SET rev = :rev, value = :value, op_id = :op_id
    WHERE candidate_id = :candidate_id AND aspect_id = :aspect_id AND seat_id = :seat_id AND rev = :was
    """,
    """
    UPDATE mark SET rev = given.rev, value = given.value, op_id = given.op_id
    FROM json_to_recordset(%s) AS given(
        candidate_id int, aspect_id int, seat_id int, was int, rev int, value bigint, op_id text
    )
    WHERE mark.candidate_id = given.candidate_id AND mark.aspect_id = given.aspect_id
        AND mark.seat_id = given.seat_id AND mark.rev = given.was
    """,
)
SETTLED = Statement(
    """
    UPDATE mark_op SET resolved_by = :resolved_by
    WHERE op_id = :op_id AND seat_id = :seat_id AND status = 'conflict' AND resolved_by IS NULL
    """,
    """
    UPDATE mark_op SET resolved_by = given.resolved_by
    FROM json_populate_recordset(NULL::mark_op, %s) AS given
    WHERE mark_op.op_id = given.op_id AND mark_op.seat_id = given.seat_id
        AND mark_op.status = 'conflict' AND mark_op.resolved_by IS NULL
    """,
)
SIGNED = Statement(
    """
    INSERT INTO sheet (seat_id, candidate_id, state, digest, signed_at, op_id, rounds_since)
    VALUES (:seat_id, :candidate_id, :state, :digest, :signed_at, :op_id, NULL)
    ON CONFLICT (seat_id, candidate_id) DO UPDATE SET state = excluded.state, digest = excluded.digest,
        signed_at = excluded.signed_at, op_id = excluded.op_id, rounds_since = NULL
    """,
    """
    INSERT INTO sheet (seat_id, candidate_id, state, digest, signed_at, op_id, rounds_since)
    SELECT seat_id, candidate_id, state, digest, signed_at, op_id, NULL
    FROM json_populate_recordset(NULL::sheet, %s)
    ON CONFLICT (seat_id, candidate_id) DO UPDATE SET state = excluded.state, digest = excluded.digest,
        signed_at = excluded.signed_at, op_id = excluded.op_id, rounds_since = NULL
    """,
)
# How long a candidate worked, and which seat has timed it.
TIME = Statement(
    "SELECT duration_s, timed_by FROM candidate WHERE id = ?",
    "SELECT duration_s, timed_by FROM candidate WHERE id = %s FOR UPDATE",
)
TIMED = Statement(
    "UPDATE candidate SET duration_s = :duration_s, timed_by = :timed_by WHERE id = :id",
    """
    UPDATE candidate SET duration_s = given.duration_s, timed_by = given.timed_by
    FROM json_populate_recordset(NULL::candidate, %s) AS given WHERE candidate.id = given.id
    """,
)
DEVICES = Statement(
    """
    INSERT INTO device
        (id, seat_id, label, pending, oldest_pending_at, clock_offset_ms, build, persisted, seen_at)
    VALUES
        (:id, :seat_id, :label, :pending, :oldest_pending_at, :clock_offset_ms, :build, :persisted, :seen_at)
    ON CONFLICT (id) DO UPDATE SET seat_id = excluded.seat_id, label = excluded.label,
        pending = excluded.pending, oldest_pending_at = excluded.oldest_pending_at,
        clock_offset_ms = excluded.clock_offset_ms, build = excluded.build,
        persisted = excluded.persisted, seen_at = excluded.seen_at
    """,
    """
    INSERT INTO device
        (id, seat_id, label, pending, oldest_pending_at, clock_offset_ms, build, persisted, seen_at)
    SELECT id, seat_id, label, pending, oldest_pending_at, clock_offset_ms, build, persisted, seen_at
    FROM json_populate_recordset(NULL::device, %s)
    ON CONFLICT (id) DO UPDATE SET seat_id = excluded.seat_id, label = excluded.label,
        pending = excluded.pending, oldest_pending_at = excluded.oldest_pending_at,
        clock_offset_ms = excluded.clock_offset_ms, build = excluded.build,
        persisted = excluded.persisted, seen_at = excluded.seen_at
    """,
)
# For each [tablet, seat]: how many ops of the tablet are here, and whether the judge has conflicts to settle.
# The status stands as the index of open conflicts has it, else SQLite does not use it.
STANDING = Statement(
    """
    SELECT json_extract(asked.value, '$[0]'), json_extract(asked.value, '$[1]'),
        (SELECT count(*) FROM mark_op WHERE device_id = json_extract(asked.value, '$[0]')),
        EXISTS (
            SELECT 1 FROM mark_op WHERE seat_id = json_extract(asked.value, '$[1]')
                AND status = 'conflict' AND resolved_by IS NULL
        )
    FROM json_each(?) AS asked
    """,
    """
    SELECT key ->> 0, (key ->> 1)::int,
        (SELECT count(*) FROM mark_op WHERE device_id = key ->> 0),
        EXISTS (
            SELECT 1 FROM mark_op WHERE seat_id = (key ->> 1)::int
                AND status = 'conflict' AND resolved_by IS NULL
        )
    FROM json_array_elements(%s::json) AS asked(key)
    """,
)
