"""Runs `python -m monitoring.reflector`."""

import sys

from monitoring.reflector.cli import main

sys.exit(main())
