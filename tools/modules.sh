#!/usr/bin/env bash
# Vets, lints and tests the modules that stand apart from the root's, each in its
# own folder: they need what a newcomer need not have, such as a PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
race=()
if [ "$(go env CGO_ENABLED)" = 1 ]; then race=(-race); fi

# The modules of the generator and the linter hold versions, and nothing to test.
modules=$(git ls-files --cached --others --exclude-standard -- '*/go.mod' | grep -vE '^tools/(lint/)?go.mod$' | xargs -n 1 dirname)
[ -n "$modules" ] || { echo "no modules apart from the root's" >&2; exit 1; }
for module in $modules; do
	echo "== $module"
	(
		cd "$module"
		go mod tidy -diff
		go vet ./...
		go tool -modfile="$root/tools/lint/go.mod" golangci-lint run --config "$root/.golangci.yml" ./...
		# Many at a time, since they mostly wait for leases to run out.
		go test "${race[@]}" -parallel 8 -timeout 20m ./...
	)
done
