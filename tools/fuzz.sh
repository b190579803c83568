#!/usr/bin/env bash
# Runs every fuzz target of the module for a short while: FUZZ_SECONDS each
# (10), less where there are many, so that all end within FUZZ_TOTAL (300).
set -euo pipefail
cd "$(dirname "$0")/.."

# "go test -list" prints a package's targets and then "ok <package> <time>".
targets=$(go test -list '^Fuzz' ./... |
	awk '/^Fuzz/ {names[++n] = $1} $1 == "ok" {for (i = 1; i <= n; i++) print $2, names[i]; n = 0}')
[ -n "$targets" ] || { echo "no fuzz targets found" >&2; exit 1; }

count=$(wc -l <<<"$targets")
seconds=${FUZZ_SECONDS:-10}
share=$((${FUZZ_TOTAL:-300} / count))
if [ "$share" -lt "$seconds" ]; then seconds=$((share > 0 ? share : 1)); fi

while read -r package name; do
	echo "== $name, ${seconds}s"
	go test "$package" -run '^$' -fuzz "^$name\$" -fuzztime "${seconds}s"
done <<<"$targets"
echo "$count fuzz targets ran"
