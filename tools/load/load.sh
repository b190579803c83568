#!/usr/bin/env bash
# Loads the sandbox for LOAD_SECONDS (120): wrk with a mix of requests, clients
# that send their bodies a byte a second, and readers of the ledger's stream that
# read nothing. With the race detector on, nothing may panic or race, and the
# memory must not grow any more after the first third. Needs wrk and curl.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${LOAD_SECONDS:-120}
limit=${LOAD_LEDGER_LIMIT:-10000}
growth=${LOAD_GROWTH_KB:-65536} # allowed from the first third to the end
race=()
if [ "$(go env CGO_ENABLED)" = 1 ] && [ -z "${LOAD_WITHOUT_RACE:-}" ]; then race=(-race); fi

work=$(mktemp -d)
children=()
finish() {
	for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
	wait 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT

go build "${race[@]}" -o "$work/sandbox" ./cmd/bardge-sandbox
# Issued passes stay in the state for ever, as they should; a key memory longer
# than the load keeps their number small.
"$work/sandbox" -addr 127.0.0.1:0 -ready-json -key-memory 1h -ledger-limit "$limit" -faults 0.02 \
	-ledger "$work/ledger.jsonl" >"$work/ready" 2>"$work/errors" &
sandbox=$!
children+=("$sandbox")
for _ in $(seq 100); do [ -s "$work/ready" ] && break; sleep 0.1; done
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" "$work/ready"; }
base=$(field base_url)
control=$(field control_url)
address=${control#http://}
port=${address#*:}
port=${port%%/*}

for _ in $(seq 20); do
	(
		exec 3<>"/dev/tcp/127.0.0.1/$port"
		printf 'POST /v3/api/business/reseller/issued_passes HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n' >&3
		while printf '{' >&3 && sleep 1; do :; done
	) 2>/dev/null &
	children+=($!)
	curl -sN --limit-rate 1 "${control}ledger/stream" >/dev/null 2>&1 &
	children+=($!)
done

memory() { awk '/VmRSS/ {print $2}' "/proc/$sandbox/status"; }
API_KEY=$(field api_key) CLIENT=$(field ClientID) PASS=$(field PassID) \
	wrk -t 2 -c 64 -d "${seconds}s" -s tools/load/mix.lua "$base" >"$work/wrk" 2>&1 &
wrk=$!
sleep $((seconds / 3))
third=$(memory)
wait "$wrk"
end=$(memory)

cat "$work/wrk"
counts=$(curl -sf "${control}counts")
kill -INT "$sandbox"
status=0
wait "$sandbox" || status=$?
echo "requests in the ledger's file: $(wc -l <"$work/ledger.jsonl")"
echo "memory after a third: $third kB, at the end: $end kB"
if [ "$status" -ne 0 ] || grep -qE 'panic|DATA RACE' "$work/errors"; then
	cat "$work/errors" >&2
	echo "the sandbox panicked, raced, or ended with status $status" >&2
	exit 1
fi
if [ $((end - third)) -gt "$growth" ]; then
	echo "the memory grew by $((end - third)) kB" >&2
	exit 1
fi
grep -q '"requests"' <<<"$counts" || { echo "no counts" >&2; exit 1; }
