#!/usr/bin/env bash
# Writes the lock files anew from pyproject.toml: requirements/run.txt for an
# installation, requirements/dev.txt for a working copy (the same versions and the tools),
# requirements/build.txt for what builds the wheel.
# Pass -U to take newer versions. Locks are made on the oldest Python served, 3.11.
set -euo pipefail
cd "$(dirname "$0")/.."

compile=(.venv/bin/python -m piptools compile --quiet --generate-hashes --strip-extras
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header)

"${compile[@]}" "$@" --output-file requirements/run.txt pyproject.toml
"${compile[@]}" "$@" --all-extras --allow-unsafe --constraint requirements/run.txt \
  --output-file requirements/dev.txt pyproject.toml
"${compile[@]}" "$@" --only-build-deps --build-deps-for wheel --allow-unsafe \
  --constraint requirements/dev.txt --output-file requirements/build.txt pyproject.toml
