#!/usr/bin/env bash
# Runs every program under examples/, that of examples/river apart: it needs a
# PostgreSQL, and is run by its own tests (tools/modules.sh). Their tests, with
# checked output, are run by "go test"; this shows that the programs themselves
# start, work and end.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=$(go list -f '{{if eq .Name "main"}}{{.Dir}}{{end}}' ./examples/...)
[ -n "$programs" ] || { echo "no programs under examples/" >&2; exit 1; }
# "./..." does not see the modules of their own.
modules=$(git ls-files --cached --others --exclude-standard -- 'examples/*/go.mod' |
	xargs -r -n 1 dirname | grep -vx examples/river)
for program in $programs $modules; do
	echo "== go run . in $program"
	(cd "$program" && go run .)
done
