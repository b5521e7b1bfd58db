#!/usr/bin/env bash
# Says what is missing before anything is installed, and prints the Python to use.
set -euo pipefail

fail() { printf '%s\n' "$@" >&2; exit 1; }

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3.14 python3 python; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 \
      && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  fail "Guantong needs Python 3.11 or newer, and none was found." \
    "Debian, Ubuntu: apt-get install python3 python3-venv; or name it: make run PYTHON=/path/to/python3.12"
}

python=$(find_python)
if [ ! -e .venv/bin/python ]; then
  "$python" -c 'import venv, ensurepip' 2>/dev/null || fail \
    "$python cannot make a virtual environment." "Debian, Ubuntu: apt-get install python3-venv"
  free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
  if [ "$free" -lt 2500 ]; then
    fail "Too little disk space: $free MB free here, 2500 MB needed (dependencies, fonts, database)."
  fi
fi
printf '%s\n' "$python"
