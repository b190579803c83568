#!/usr/bin/env bash
# Runs every program under examples/. Their tests, with checked output, are run
# by "go test"; this shows that the programs themselves start, work and end.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=$(go list -f '{{if eq .Name "main"}}{{.ImportPath}}{{end}}' ./examples/...)
[ -n "$programs" ] || { echo "no programs under examples/" >&2; exit 1; }
for program in $programs; do
	echo "== go run $program"
	go run "$program"
done
