#!/usr/bin/env bash
# Lints the root module and each nested one in its folder. "go vet" is part of it:
# the linter's govet has all of its analyzers, and more.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
# In a module with a go.work, "go tool" takes no -modfile: it builds the linter
# here, and prints where it is.
lint=$(go tool -n -modfile=tools/lint/go.mod golangci-lint)
for module in . $(tools/nested.sh); do
	echo "== $module"
	(cd "$module" && "$lint" run --config "$root/.golangci.yml" ./...)
done
