#!/bin/sh
# Every check, also after one failed; the names of those that failed stand last.
set -u
cd "$(dirname "$0")/.."
python=.venv/bin/python
failed=""
var=$(mktemp -d)
trap 'rm -rf "$var"' EXIT
export VAR_DIR="$var"

check() { # name, command...
  name=$1
  shift
  echo "-- $name"
  "$@" || failed="$failed $name"
}

check format .venv/bin/ruff format --check --quiet .
check ruff .venv/bin/ruff check --quiet .
check mypy $python -m mypy
check layers .venv/bin/lint-imports --no-cache
check templates .venv/bin/djlint templates apps --check --lint --quiet
check migrations $python manage.py makemigrations --check --dry-run
check system $python manage.py check --fail-level WARNING
check translations $python scripts/messages.py
check sizes $python scripts/sizes.py
check tree $python scripts/tree.py
check lock $python scripts/lock_stamp.py

if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
echo "all checks passed"
