"""`python -m agent.health` is `diemcau-agent`."""

from agent.health.cli import main

raise SystemExit(main())
