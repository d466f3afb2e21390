"""Carriers, contracts for lines, what was noted with a carrier, sheets of evidence as issued."""

import sqlalchemy as sa
from alembic import op

from controller.db.types import UtcDateTime

revision = "s0015"
down_revision = "s0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "carrier",
        sa.Column("carrier_id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("carrier_id", name=op.f("pk_carrier")),
    )
    _contracts()
    _words()
    _sheets()


def _contracts() -> None:
    op.create_table(
        "line_contract",
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.String(12), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("carrier_id", sa.String(12), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("down_bps", sa.BigInteger(), nullable=False),
        sa.Column("up_bps", sa.BigInteger(), nullable=False),
        sa.Column("availability_ratio", sa.Float(), nullable=True),
        sa.Column("repair_minutes", sa.Integer(), nullable=True),
        sa.Column("begins_on", sa.String(10), nullable=False),
        sa.Column("ends_on", sa.String(10), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "ends_on = '' OR ends_on >= begins_on", name=op.f("ck_line_contract_days")
        ),
        sa.ForeignKeyConstraint(
            ["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_line_contract_carrier_id_carrier")
        ),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_line_contract")),
    )
    op.create_index("ix_line_contract_id_revision", "line_contract", ["contract_id", "revision"])
    op.create_index(op.f("ix_line_contract_point_id"), "line_contract", ["point_id"])
    op.create_index(op.f("ix_line_contract_carrier_id"), "line_contract", ["carrier_id"])


def _words() -> None:
    op.create_table(
        "carrier_word",
        sa.Column("word_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.String(40), nullable=False),
        sa.Column("outage_began_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("ticket", sa.String(60), nullable=False),
        sa.Column("restored_at", UtcDateTime(), nullable=True),
        sa.Column("settled", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.CheckConstraint(
            "settled IN ('', 'carrier', 'other')", name=op.f("ck_carrier_word_settled")
        ),
        sa.PrimaryKeyConstraint("word_id", name=op.f("pk_carrier_word")),
    )
    op.create_index("ix_carrier_word_point_began", "carrier_word", ["point_id", "outage_began_at"])


def _sheets() -> None:
    op.create_table(
        "evidence_sheet",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("carrier_id", sa.String(12), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(60), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("xlsx", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carrier_id"],
            ["carrier.carrier_id"],
            name=op.f("fk_evidence_sheet_carrier_id_carrier"),
        ),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_evidence_sheet")),
        sa.UniqueConstraint(
            "carrier_id",
            "month",
            "edition",
            name=op.f("uq_evidence_sheet_carrier_id_month_edition"),
        ),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("evidence_sheet", "carrier_word", "line_contract", "carrier"):
        op.drop_table(table)
