#!/bin/sh
# Compile pyproject.toml into hashed requirement files that name no address.
set -eu
cd "$(dirname "$0")/.."
if ! command -v uv >/dev/null 2>&1; then
  echo "make lock needs uv on PATH: pipx install uv" >&2
  exit 1
fi
compile() {
  uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header \
    --no-emit-index-url "$@"
}
compile pyproject.toml -o requirements/base.txt
compile pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
python3 scripts/lock_stamp.py --write
