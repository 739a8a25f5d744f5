#!/bin/sh
# Install the servers that the full suite and the benchmarks talk to, by the system's packages.
# The tests start private instances of them; nothing is left running.
set -eu

packages=""
want() { # command-or-path package...
  probe=$1
  shift
  command -v "$probe" >/dev/null 2>&1 || [ -e "$probe" ] || packages="$packages $*"
}

want redis-server redis-server
want chromium-headless-shell chromium-headless-shell
want /usr/sbin/dovecot dovecot-imapd dovecot-lmtpd dovecot-submissiond
want /usr/sbin/postfix postfix
want xgettext gettext
want /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-noto-cjk
ls /usr/lib/python3*/test/cjkencodings >/dev/null 2>&1 ||
  [ -e "$(.venv/bin/python -c 'import encodings, pathlib
print(pathlib.Path(encodings.__file__).parents[1] / "test" / "cjkencodings")')" ] ||
  packages="$packages libpython3-testsuite"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || packages="$packages postgresql"

if [ -z "$packages" ]; then
  echo "All servers are installed."
  exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Install by hand (Debian's names):$packages" >&2
  exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  as_root="sudo"
fi

# Packages must not start servers of their own: ports and memory belong to the tests.
policy=/usr/sbin/policy-rc.d
if ! [ -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
  trap '$as_root rm -f "$policy"' EXIT
fi
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages
