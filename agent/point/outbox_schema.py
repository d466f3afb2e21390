"""The outbox file's tables and statements.

    head      which outbox this file is (random, new with the file) and its next number
    report    every report; marked when the centre holds it, and kept

`row` is the order of storing and never used twice. Each report bears its own
outbox_id, since those measured while the disk was full come from another outbox:
the one in memory.
"""

CREATE = """
CREATE TABLE IF NOT EXISTS head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    outbox_id TEXT NOT NULL,
    next_seq INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS report (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    outbox_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    measured_at_ms INTEGER NOT NULL,
    is_acked INTEGER NOT NULL DEFAULT 0,
    payload BLOB NOT NULL,
    UNIQUE (outbox_id, seq)
);
CREATE INDEX IF NOT EXISTS report_unacked ON report (outbox_id, seq) WHERE is_acked = 0;
CREATE INDEX IF NOT EXISTS report_unacked_row ON report (row) WHERE is_acked = 0;
CREATE INDEX IF NOT EXISTS report_acked_seq ON report (outbox_id, seq) WHERE is_acked = 1;
CREATE INDEX IF NOT EXISTS report_acked ON report (measured_at_ms) WHERE is_acked = 1;
"""

# A report is on the disk before it is sent, else a power cut would hand out its number again and
# the centre would take the second report for the first. What the centre holds and what has left
# may be forgotten: it is said and done again, and the next report takes it to the disk with it.
LASTING = "PRAGMA synchronous = FULL"
FORGETTABLE = "PRAGMA synchronous = NORMAL"

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA busy_timeout = 2000",
    "PRAGMA cache_size = -256",
    "PRAGMA wal_autocheckpoint = 100",
    "PRAGMA journal_size_limit = 1048576",
)

NEW_HEAD = "INSERT OR IGNORE INTO head (id, outbox_id, next_seq) VALUES (1, ?, 1)"
ROTATE_HEAD = "UPDATE head SET outbox_id = ?, next_seq = 1 WHERE id = 1"
READ_HEAD = "SELECT outbox_id, next_seq FROM head WHERE id = 1"
NUMBER_TAKEN = "UPDATE head SET next_seq = next_seq + 1 WHERE id = 1"

INSERT = (
    "INSERT OR IGNORE INTO report (outbox_id, seq, measured_at_ms, payload) VALUES (?, ?, ?, ?)"
)
AFTER = (
    "SELECT row, outbox_id, seq, payload FROM report INDEXED BY report_unacked_row "
    "WHERE is_acked = 0 AND row > ? ORDER BY row LIMIT ?"
)
NEWEST_UNACKED = (
    "SELECT row, outbox_id, seq, payload FROM report INDEXED BY report_unacked_row "
    "WHERE is_acked = 0 AND row < ? ORDER BY row DESC LIMIT ?"
)
LAST_ROW = "SELECT coalesce(max(row), 0) FROM report"
LAST_SEQ = "SELECT coalesce(max(seq), 0) FROM report WHERE outbox_id = ?"
COUNTS = (
    "SELECT (SELECT count(*) FROM report), "
    "(SELECT count(*) FROM report INDEXED BY report_unacked_row WHERE is_acked = 0), "
    "(SELECT max(measured_at_ms) FROM report WHERE row > (SELECT max(row) FROM report) - 16)"
)

ACKNOWLEDGE = (
    "UPDATE report INDEXED BY report_unacked SET is_acked = 1 "
    "WHERE is_acked = 0 AND outbox_id = ? AND seq BETWEEN ? AND ?"
)
UNACKNOWLEDGE = (
    "UPDATE report INDEXED BY report_acked_seq SET is_acked = 0 "
    "WHERE is_acked = 1 AND outbox_id = ? AND seq BETWEEN ? AND ?"
)

DELETE_ONE = "DELETE FROM report WHERE outbox_id = ? AND seq = ?"
DELETE_OLD = (
    "DELETE FROM report WHERE row IN (SELECT row FROM report INDEXED BY report_acked "
    "WHERE is_acked = 1 AND measured_at_ms < ? ORDER BY measured_at_ms LIMIT ?)"
)
DELETE_ACKED = (
    "DELETE FROM report WHERE row IN (SELECT row FROM report INDEXED BY report_acked "
    "WHERE is_acked = 1 ORDER BY measured_at_ms LIMIT ?)"
)
DELETE_UNACKED = (
    "DELETE FROM report WHERE row IN (SELECT row FROM report INDEXED BY report_unacked_row "
    "WHERE is_acked = 0 ORDER BY row LIMIT ?)"
)
