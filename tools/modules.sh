#!/usr/bin/env bash
# Tests each nested module in its folder. They need more than the root module
# does, such as PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
race=()
if [ "$(go env CGO_ENABLED)" = 1 ]; then race=(-race); fi

for module in $(tools/nested.sh); do
	echo "== $module"
	(
		cd "$module"
		if [ "$module" = cmd/bardge ]; then "$root/tools/tidy-command.sh" -diff; else go mod tidy -diff; fi
		# It measures, and the SDKs that it measures are large.
		if [ "$module" = bench ]; then race=(); fi
		# Many at a time, since they mostly wait for leases to end.
		go test "${race[@]}" -parallel 8 -timeout 20m ./...
		# What takes too long with the race detector.
		if [ "$module" = cmd/bardge ]; then go test -run '^TestConsolePagesThroughMany' .; fi
	)
done
