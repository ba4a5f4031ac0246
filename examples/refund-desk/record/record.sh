#!/usr/bin/env bash
# Record both agents of this example against its order service and its planner, or a real model.
#
#   record.sh [--branches]
#
#   --branches   also run the whole matrix once with the model, and keep how it reacts to each fault
#   CHECKAGENT_UPSTREAM_MODEL=URL   ask this model, over the OpenAI chat wire, instead of the planner
#
# The recordings land where the tests expect them, next to tests/desk.rs. Look at the difference before you commit it.
# Both servers listen on loopback only and end with this script.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
branches=
case ${1:-} in
    '') ;;
    --branches) branches=yes ;;
    *)
        sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac

servers=()
stop_servers() {
    for server in "${servers[@]}"; do
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    done
    servers=()
}
trap stop_servers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

readonly MODEL_PORT=${MODEL_PORT:-8701} ORDERS_PORT=${ORDERS_PORT:-8702}
readonly UPSTREAM_MODEL=${CHECKAGENT_UPSTREAM_MODEL:-http://127.0.0.1:$MODEL_PORT/v1}

listens() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Start a server of this example on a port.
start() {
    if listens "$2"; then
        echo "record.sh: something listens on port $2 already" >&2
        exit 1
    fi
    "$bins/$1" "127.0.0.1:$2" &
    servers+=($!)
    for _ in $(seq 100); do
        listens "$2" && return
        sleep 0.1
    done
    echo "record.sh: $1 did not come up" >&2
    exit 1
}

# Run one agent against a shop of its own, so that it knows nothing of what the agent before has done.
record() {
    if [ -z "${CHECKAGENT_UPSTREAM_MODEL:-}" ]; then
        start planner "$MODEL_PORT"
    fi
    start order-service "$ORDERS_PORT"
    CHECKAGENT_RECORD=$1 CHECKAGENT_UPSTREAM_MODEL=$UPSTREAM_MODEL \
        CHECKAGENT_UPSTREAM_ORDERS=http://127.0.0.1:$ORDERS_PORT \
        cargo test -p refund-desk --test desk -- "suite::$2::replay"
    stop_servers
}

cd "$here/.."
# A mistake in the code should show before anything is started.
cargo test --quiet -p refund-desk --test desk --no-run
cargo build --quiet -p refund-desk --features service --bins
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
bins=$target/debug

for agent in naive careful; do
    echo "recording $agent"
    # Branches belong to a recording; those of the old one are of no use to the new one.
    rm -f "cassettes/$agent.json"
    record all "$agent"
    # The tests with other models replay the recording without its branches.
    mkdir -p cassettes/plain
    cp "cassettes/$agent.json" "cassettes/plain/$agent.json"
    if [ -n "$branches" ]; then
        echo "recording what the model makes of the faults of $agent"
        record branches "$agent"
    fi
done
