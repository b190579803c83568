#!/usr/bin/env bash
# Runs every fuzz target of the module FUZZ_RUNS times (20000). Not for a time: go
# test sometimes reports its own deadline as a failure ("context deadline
# exceeded").
set -euo pipefail
cd "$(dirname "$0")/.."

# "go test -list" prints a package's targets and then "ok <package> <time>".
targets=$(go test -list '^Fuzz' ./... |
	awk '/^Fuzz/ {names[++n] = $1} $1 == "ok" {for (i = 1; i <= n; i++) print $2, names[i]; n = 0}')
[ -n "$targets" ] || { echo "no fuzz targets found" >&2; exit 1; }

while read -r package name; do
	echo "== $name"
	go test "$package" -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZ_RUNS:-20000}x"
done <<<"$targets"
echo "$(wc -l <<<"$targets") fuzz targets ran"
