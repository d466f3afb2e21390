"""`python -m agent.segment` is `diemcau-segment`."""

from agent.segment.cli import main

raise SystemExit(main())
