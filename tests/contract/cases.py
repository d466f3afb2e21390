"""How many cases each property is tried with. Together they are the 100,000 that are promised."""

MUTATED_PER_GOLDEN = 10_000
CROSS_DECODED_PER_GOLDEN = 300
ARBITRARY_BYTES = 1_500
TOPICS = 20_000
TOKENS = 1_000
PROOFS = 5_000
SUPERSEDES = 1_000
FLOOR_WALKS = 400
FLOOR_MOVES_PER_WALK = 40
FLOOR_PAIRS = 1_500


def total(goldens: int) -> int:
    """Return how many cases are tried, the goldens being so many."""
    return (
        goldens * (MUTATED_PER_GOLDEN + CROSS_DECODED_PER_GOLDEN)
        + ARBITRARY_BYTES + TOPICS + TOKENS + PROOFS + SUPERSEDES
        + FLOOR_WALKS * FLOOR_MOVES_PER_WALK + FLOOR_PAIRS
    )  # fmt: skip
