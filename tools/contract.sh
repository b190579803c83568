#!/usr/bin/env bash
# Sends every operation through Prism, an independent validating proxy, to the
# sandbox: a request or response that breaks gen/openapi.yaml fails. Prism needs
# Node; its packages go to the user's cache directory.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
pids=()
finish() {
	local status=$?
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	[ "$status" -eq 0 ] || tail -n 40 "$work"/*.log >&2 || true
	rm -rf "$work"
}
trap finish EXIT

free_port() {
	node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# wait_for returns once the process listens on the port; two minutes at most.
wait_for() {
	local pid=$1 port=$2
	for _ in $(seq 1200); do
		kill -0 "$pid" 2>/dev/null || return 1
		if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return 0; fi
		sleep 0.1
	done
	return 1
}

bin=$(tools/npm/install.sh)
server=$(free_port)
go build -o "$work/sandbox" ./cmd/bardge-sandbox
"$work/sandbox" -preview -addr "127.0.0.1:$server" >"$work/sandbox.log" 2>&1 &
pids+=($!)
wait_for $! "$server"

proxy=$(free_port)
"$bin/prism" proxy gen/openapi.yaml "http://127.0.0.1:$server/v3/api/business/reseller" \
	--errors --host 127.0.0.1 --port "$proxy" >>"$work/prism.log" 2>&1 &
pids+=($!)
wait_for $! "$proxy"

# A proxy that accepts everything proves nothing: it must reject this.
node -e 'fetch(process.argv[1]).then(async r => process.exit((await r.text()).includes("NO_PATH_MATCHED") ? 0 : 1))' \
	"http://127.0.0.1:$proxy/no/such/path"
: >"$work/prism.log"

go test -count=1 -v -run '^TestThroughProxy$' ./internal/contract -base-url="http://127.0.0.1:$proxy" | tee "$work/test.log"
grep -q '^--- PASS: TestThroughProxy' "$work/test.log"

violations=$(grep -cE 'Request terminated with error|Violation: ' "$work/prism.log" || true)
forwarded=$(grep -c 'Forwarding "' "$work/prism.log" || true)
operations=$(grep -c 'operationId:' gen/openapi.yaml)
echo "prism forwarded $forwarded requests of $operations operations, with $violations violations"
[ "$violations" -eq 0 ] && [ "$forwarded" -ge "$operations" ]
