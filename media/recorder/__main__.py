"""Run `python -m media.recorder`: the same as diemcau-recorder."""

import sys

from media.recorder.cli import main

sys.exit(main())
