#!/usr/bin/env bash
# Runs every fuzz target of the root module, the command and bulk FUZZ_RUNS times
# (5000). Not for a time: some runs would end with "context deadline exceeded".
#
# It guides the fuzzing by the coverage of this repository's packages alone. "go
# test -fuzz" would compile all that they import anew for that, which takes
# minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
corpora=$(go env GOCACHE)/fuzz

run_targets() { # in a folder
	local package folder names name count=0
	while read -r package folder; do
		names=$(grep -ohE '^func Fuzz[A-Za-z0-9_]*' "$folder"/*_test.go 2>/dev/null | cut -d ' ' -f 2) || continue
		go test -C "$folder" -c -gcflags='github.com/bardge/bardge-go/...=-d=libfuzzer' -o "$work/targets" .
		for name in $names; do
			echo "== $package: $name"
			(cd "$folder" && "$work/targets" -test.run '^$' -test.fuzz "^$name\$" \
				-test.fuzztime "${FUZZ_RUNS:-5000}x" -test.fuzzminimizetime 100x \
				-test.fuzzcachedir "$corpora/$package")
			count=$((count + 1))
		done
	done < <(go list -C "$1" -f '{{.ImportPath}} {{.Dir}}' ./...)
	[ "$count" -gt 0 ] || { echo "no fuzz targets found in $1" >&2; return 1; }
	echo "$1: $count fuzz targets ran"
}

run_targets .
run_targets cmd/bardge
run_targets bulk
