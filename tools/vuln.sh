#!/usr/bin/env bash
# Finds known vulnerabilities that each module's code can reach. It needs the
# network: the database changes every day.
set -euo pipefail
cd "$(dirname "$0")/.."

for module in $(git ls-files --cached --others --exclude-standard -- 'go.mod' '*/go.mod' | grep -v '^tools/' | xargs -n 1 dirname); do
	echo "== $module"
	(cd "$module" && go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...)
done
