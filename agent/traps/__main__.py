"""`python -m agent.traps` is `diemcau-traps`."""

from agent.traps.cli import main

raise SystemExit(main())
