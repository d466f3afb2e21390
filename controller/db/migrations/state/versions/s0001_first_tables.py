"""The first tables."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _documents()
    _places()
    _codes()
    _people()
    _meetings()
    _events()


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_meeting_participant_point_id"), table_name="meeting_participant")
    op.drop_table("meeting_participant")
    op.drop_table("meeting_floor")
    op.drop_index("ix_meeting_state_begins_at", table_name="meeting")
    op.drop_index(op.f("ix_meeting_begins_at"), table_name="meeting")
    op.drop_table("meeting")
    op.drop_index(op.f("ix_enrolment_code_point_id"), table_name="enrolment_code")
    op.drop_table("enrolment_code")
    op.drop_index(op.f("ix_web_session_user_name"), table_name="web_session")
    op.drop_index(op.f("ix_web_session_expires_at"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_index(op.f("ix_point_unit_id"), table_name="point")
    op.drop_table("point")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_unit_parent_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_index("ix_meeting_event_meeting_id_happened_at", table_name="meeting_event")
    op.drop_table("meeting_event")
    op.drop_table("leadership")
    op.drop_table("desired_document")


def _documents() -> None:
    op.create_table(
        "desired_document",
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_desired_document")),
    )
    op.create_table(
        "leadership",
        sa.Column("leadership_id", sa.Integer(), nullable=False),
        sa.Column("leader_epoch", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("leadership_id = 1", name=op.f("ck_leadership_one_row")),
        sa.PrimaryKeyConstraint("leadership_id", name=op.f("pk_leadership")),
    )


def _places() -> None:
    op.create_table(
        "unit",
        sa.Column("unit_id", sa.String(40), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "owner IN ('people_committee', 'party', 'council')", name=op.f("ck_unit_owner")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_validity")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["unit.unit_id"], name=op.f("fk_unit_parent_id_unit")
        ),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_table(
        "point",
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("is_metered", sa.Boolean(), nullable=False),
        sa.Column("contract_rate_bps", sa.BigInteger(), nullable=True),
        sa.Column("certificate_sha256", sa.String(64), nullable=True),
        sa.Column("certificate_expires_at", UtcDateTime(), nullable=True),
        sa.Column("enrolled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "owner IN ('people_committee', 'party', 'council')", name=op.f("ck_point_owner")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_point_validity")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_point_unit_id_unit")),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_point")),
        sa.UniqueConstraint("number", name=op.f("uq_point_number")),
    )
    op.create_index(op.f("ix_point_unit_id"), "point", ["unit_id"], unique=False)


def _codes() -> None:
    op.create_table(
        "enrolment_code",
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_by_key_sha256", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_enrolment_code_point_id_point")
        ),
        sa.PrimaryKeyConstraint("secret_sha256", name=op.f("pk_enrolment_code")),
    )
    op.create_index(
        op.f("ix_enrolment_code_point_id"), "enrolment_code", ["point_id"], unique=False
    )


def _people() -> None:
    op.create_table(
        "user_account",
        sa.Column("user_name", sa.String(60), nullable=False),
        sa.Column("display_name", sa.String(120), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'office', 'admin')", name=op.f("ck_user_account_role")
        ),
        sa.PrimaryKeyConstraint("user_name", name=op.f("pk_user_account")),
    )
    op.create_table(
        "web_session",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"],
            ["user_account.user_name"],
            name=op.f("fk_web_session_user_name_user_account"),
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_expires_at"), "web_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_web_session_user_name"), "web_session", ["user_name"], unique=False)


def _meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("document_number", sa.String(60), nullable=False),
        sa.Column("classification", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("chair_point_id", sa.String(), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("relay_id", sa.String(40), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("live_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("classification = 'normal'", name=op.f("ck_meeting_classification")),
        sa.CheckConstraint(
            "state IN ('draft', 'scheduled', 'live', 'ended', 'cancelled')",
            name=op.f("ck_meeting_state"),
        ),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_meeting_times")),
        sa.ForeignKeyConstraint(
            ["chair_point_id"], ["point.point_id"], name=op.f("fk_meeting_chair_point_id_point")
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_begins_at"), "meeting", ["begins_at"], unique=False)
    op.create_index("ix_meeting_state_begins_at", "meeting", ["state", "begins_at"], unique=False)
    op.create_table(
        "meeting_participant",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.meeting_id"],
            name=op.f("fk_meeting_participant_meeting_id_meeting"),
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], ["point.point_id"], name=op.f("fk_meeting_participant_point_id_point")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "point_id", name=op.f("pk_meeting_participant")),
    )
    op.create_index(
        op.f("ix_meeting_participant_point_id"), "meeting_participant", ["point_id"], unique=False
    )
    op.create_table(
        "meeting_floor",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("state_json", sa.String(), nullable=False),
        sa.Column("undo_json", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_meeting_floor_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_floor")),
    )


def _events() -> None:
    op.create_table(
        "meeting_event",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(40), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=True),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("direction", sa.String(10), nullable=True),
        sa.Column("floor_epoch", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.String(400), nullable=False),
        sa.Column("relay_id", sa.String(40), nullable=True),
        sa.Column("relay_started_at", UtcDateTime(), nullable=True),
        sa.Column("relay_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_meeting_event")),
        sa.UniqueConstraint(
            "relay_id",
            "relay_started_at",
            "relay_seq",
            name=op.f("uq_meeting_event_relay_id_relay_started_at_relay_seq"),
        ),
    )
    op.create_index(
        "ix_meeting_event_meeting_id_happened_at",
        "meeting_event",
        ["meeting_id", "happened_at"],
        unique=False,
    )
