#!/bin/sh
# Make .venv with what requirements/dev.txt names, and nothing else; "bootstrap.sh base" is content
# with requirements/base.txt, which is all that the portal itself needs. Quick when it is current.
# Needs a Python of at least 3.12 with venv, or uv; says in one line what to install otherwise.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-dev}
lock=requirements/$kind.txt
stamp=.venv/lock.stamp
want="$kind $(cksum <"$lock")"
if [ -x .venv/bin/python ] && [ -f "$stamp" ]; then
  have=$(cat "$stamp")
  if [ "$have" = "$want" ] || [ "$have" = "dev $(cksum <requirements/dev.txt)" ]; then
    exit 0
  fi
fi

fits() {
  "$1" -c 'import sys, venv, ensurepip, sqlite3; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
  for candidate in "${PORTAL_PYTHON:-}" python3.12 python3.13 python3.14 python3 python \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
    if [ -n "$candidate" ] && fits "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  if command -v uv >/dev/null 2>&1 && uv python install 3.12 >&2; then
    found=$(uv python find 3.12) && fits "$found" && echo "$found"
  fi
}

python=$(find_python)
if [ -z "$python" ]; then
  echo "No Python >= 3.12 with venv found: install python3.12 and python3.12-venv (or uv), or name one in PORTAL_PYTHON." >&2
  exit 1
fi

echo "Making .venv with $("$python" --version) ..." >&2
rm -f "$stamp"
if ! [ -x .venv/bin/python ] || ! fits .venv/bin/python; then
  rm -rf .venv
  "$python" -m venv .venv
fi
if command -v uv >/dev/null 2>&1; then
  uv pip sync --quiet --require-hashes --python .venv/bin/python "$lock"
else
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
echo "$want" >"$stamp"
