#!/usr/bin/env bash
# Runs every program under examples/, except examples/river, which needs
# PostgreSQL, and examples/temporal, which needs a server of Temporal: their own
# tests (tools/modules.sh) run them. "go test" checks their outputs; this checks
# that the programs start, work and end. It needs Node 20 and npm.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=$(go list -f '{{if eq .Name "main"}}{{.Dir}}{{end}}' ./examples/...)
[ -n "$programs" ] || { echo "no programs under examples/" >&2; exit 1; }
# "./..." leaves out nested modules.
modules=$(git ls-files --cached --others --exclude-standard -- 'examples/*/go.mod' |
	xargs -r -n 1 dirname | grep -vx -e examples/river -e examples/temporal)
for program in $programs $modules; do
	echo "== go run . in $program"
	(cd "$program" && go run .)
done

# A test in another language, with the command from this tree.
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
(cd cmd/bardge && go build -o "$bin/bardge" .)
echo "== npm test in examples/node"
(cd examples/node && PATH="$bin:$PATH" npm test)
