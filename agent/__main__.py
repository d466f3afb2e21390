"""`python -m agent` is `diemcau-agent`."""

from agent.cli import main

raise SystemExit(main())
