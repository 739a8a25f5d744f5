#!/bin/sh
# The suite on SQLite and on PostgreSQL, nothing skipped; both summaries stand last.
# Arguments are pytest's, for a part of it: scripts/test_all.sh tests/search
set -u
cd "$(dirname "$0")/.."
export REQUIRE_SERVICES=1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=0

suite() { # name, words before pytest, pytest's arguments
  name=$1
  before=$2
  shift 2
  echo "== $name"
  {
    # shellcheck disable=SC2086 # words
    $before .venv/bin/python -m pytest -n 2 --dist loadgroup -m "not slow" --color=no "$@" 2>&1
    echo $? >"$logs/$name.code"
  } | tee "$logs/$name"
  [ "$(cat "$logs/$name.code")" = 0 ] || failed=1
}

unset DATABASE_URL TEST_DATABASE_URL
suite SQLite env "$@"
# What asks no database, or only draws in a browser what other tests ask, was answered above;
# what starts a portal of its own says over which.
suite PostgreSQL ".venv/bin/python -m tests.services.postgres" --database-only "$@"

for name in SQLite PostgreSQL; do
  echo "$name: $(tail -n 1 "$logs/$name")"
done
exit $failed
