#!/usr/bin/env bash
# Record both agents of this example against a real Kinto server.
#
#   record.sh [--out DIR]
#
#   --out DIR    keep the work files (server logs, Python environment) in DIR;
#                without it they go to a temporary directory that is removed at the end
#   KINTO=PATH   use this `kinto` program instead of installing one with pip
#   PYTHON=PATH  use this Python, 3.10 or newer, for the rest (default: python3)
#
# The recordings land where the tests expect them, next to tests/export.rs. Look at the difference
# before you commit it. The server listens on loopback only and ends with this script.

set -euo pipefail

readonly KINTO_VERSION=26.5.0
readonly PYTHON=${PYTHON:-python3}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

out=
while [ $# -gt 0 ]; do
    case $1 in
        --out)
            [ $# -ge 2 ] || { echo "record.sh: --out needs a directory" >&2; exit 2; }
            out=$2
            shift 2
            ;;
        -h | --help) usage; exit 0 ;;
        *) echo "record.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
    esac
done

work=
server=

stop_server() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        server=
    fi
}

clean_up() {
    stop_server
    if [ -z "$out" ] && [ -n "$work" ]; then
        rm -rf "$work"
    fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -n "$out" ]; then
    mkdir -p "$out"
    work=$(cd "$out" && pwd)
else
    work=$(mktemp -d)
fi

install_kinto() {
    if [ -n "${KINTO:-}" ]; then
        kinto=$KINTO
    else
        echo "installing Kinto $KINTO_VERSION"
        "$PYTHON" -m venv "$work/venv"
        "$work/venv/bin/pip" install --quiet "kinto==$KINTO_VERSION"
        kinto=$work/venv/bin/kinto
    fi
    local version
    version=$("$kinto" version | tail -n 1)
    if [ "$version" != "$KINTO_VERSION" ]; then
        echo "record.sh: this is Kinto $version, the recordings are of $KINTO_VERSION" >&2
        exit 1
    fi
}

free_port() {
    "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Start an empty server and fill it. Sets $base.
start_server() {
    local port log=$work/$1.log
    port=$(free_port)
    base=http://127.0.0.1:$port/v1
    KINTO_INI=$here/kinto.ini "$kinto" start --ini "$here/kinto.ini" --port "$port" >"$log" 2>&1 &
    server=$!
    if ! "$PYTHON" "$here/seed.py" "$base"; then
        echo "record.sh: the server did not come up; it said:" >&2
        cat "$log" >&2
        exit 1
    fi
}

cd "$here/.."
# A mistake in the code should show before anything is started.
cargo test --quiet -p records-export --test export --no-run
install_kinto

# Each agent gets a server of its own: Kinto keeps everything in memory, so a new one knows nothing of
# the summaries that the agent before has stored.
for agent in naive careful; do
    start_server "$agent"
    echo "recording $agent"
    CHECKAGENT_RECORD=all CHECKAGENT_UPSTREAM_RECORDS=$base \
        cargo test -p records-export --test export -- "$agent::replay"
    stop_server
done
