#!/usr/bin/env bash
# Vets, lints and tests each nested module in its folder. They need more than the
# root module does, such as PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
race=()
if [ "$(go env CGO_ENABLED)" = 1 ]; then race=(-race); fi

# In a module with a go.work, "go tool" takes no -modfile: it builds the linter
# here, and prints where it is.
lint=$(go tool -n -modfile=tools/lint/go.mod golangci-lint)

# The generator's and the linter's modules hold versions, and nothing to test.
modules=$(git ls-files --cached --others --exclude-standard -- '*/go.mod' | grep -vE '^tools/(lint/)?go.mod$' | xargs -n 1 dirname)
[ -n "$modules" ] || { echo "no nested modules" >&2; exit 1; }
for module in $modules; do
	echo "== $module"
	(
		cd "$module"
		if [ "$module" = cmd/bardge ]; then "$root/tools/tidy-command.sh" -diff; else go mod tidy -diff; fi
		go vet ./...
		"$lint" run --config "$root/.golangci.yml" ./...
		# Many at a time, since they mostly wait for leases to end.
		go test "${race[@]}" -parallel 8 -timeout 20m ./...
		# Frames are larger under the race detector.
		if [ "$module" = bench ]; then go test -run '^TestAWaiting' ./speed; fi
	)
done
