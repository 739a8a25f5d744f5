#!/bin/sh
# The portal for trying out: demonstration data once, DEBUG, everything under one parent.
set -eu
cd "$(dirname "$0")/.."
export DEBUG=1 PORT="${PORT:-8000}"
export BASE_URL="${BASE_URL:-http://localhost:$PORT}"
var="${VAR_DIR:-var}"

# What belongs to one database: a new one gets the data again.
loaded="$var/demo.$(echo "${DATABASE_URL:-sqlite}" | cksum | cut -d' ' -f1)"
.venv/bin/python manage.py prepare
if ! [ -e "$loaded" ] || { [ -z "${DATABASE_URL:-}" ] && [ "$(cat "$loaded")" != "$(stat -c %i "$var/portal.sqlite3")" ]; }; then
  .venv/bin/python manage.py demo
  { [ -n "${DATABASE_URL:-}" ] || stat -c %i "$var/portal.sqlite3"; } >"$loaded"
fi

cat <<TEXT

  http://localhost:$PORT
  log in as admin, lead, agent, agent2 (one team) or stranger (another), password demo
  Ctrl-C ends it

TEXT
exec .venv/bin/python manage.py portal --port "$PORT"
