"""What tests of points' lines found, for who judges or draws it; nothing of how they are made."""

from controller.ingest.throughput_rows import tested_in as tested_in
