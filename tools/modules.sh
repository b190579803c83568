#!/usr/bin/env bash
# Tests each nested module in its folder, two at a time: they mostly wait, for
# leases to end and for queues to be looked through. They need more than the root
# module does, such as PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

export ROOT=$PWD RACE=
if [ "$(go env CGO_ENABLED)" = 1 ]; then RACE=-race; fi

# try tests one module, and prints its output when it has ended.
try() { # folder
	set -euo pipefail
	local module=$1 race=$RACE
	cd "$ROOT/$module"
	if [ "$module" = cmd/bardge ]; then "$ROOT/tools/tidy-command.sh" -diff; else go mod tidy -diff; fi
	# It measures, and the SDKs that it measures are large.
	if [ "$module" = bench ]; then race=; fi
	go test $race -parallel 8 -timeout 20m ./...
	# What takes too long with the race detector.
	if [ "$module" = cmd/bardge ]; then go test -run '^TestConsolePagesThroughMany' .; fi
}

report() { # folder
	local output status=0
	# In a shell of its own: "||" would switch off the -e of a function.
	output=$(bash -c 'try "$1"' _ "$1" 2>&1) || status=$?
	printf '== %s\n%s\n' "$1" "$output"
	return "$status"
}
export -f try report

tools/nested.sh | xargs -P 2 -I{} bash -c 'report "$1"' _ {}
