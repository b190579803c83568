#!/usr/bin/env bash
# Runs every fuzz target of the root module and of the command's FUZZ_RUNS times
# (5000). Not for a time: go test sometimes reports its own deadline as a failure
# ("context deadline exceeded").
set -euo pipefail
cd "$(dirname "$0")/.."

# "go test -list" prints a package's targets and then "ok <package> <time>".
run_targets() { # in a folder
	local targets
	targets=$(go test -C "$1" -list '^Fuzz' ./... |
		awk '/^Fuzz/ {names[++n] = $1} $1 == "ok" {for (i = 1; i <= n; i++) print $2, names[i]; n = 0}')
	[ -n "$targets" ] || { echo "no fuzz targets found in $1" >&2; exit 1; }

	while read -r package name; do
		echo "== $name"
		go test -C "$1" "$package" -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZ_RUNS:-5000}x"
	done <<<"$targets"
	echo "$1: $(wc -l <<<"$targets") fuzz targets ran"
}

run_targets .
run_targets cmd/bardge
