#!/usr/bin/env bash
# Prints the folders of the nested modules that hold code. The linter's holds
# versions alone.
set -euo pipefail
cd "$(dirname "$0")/.."

git ls-files --cached --others --exclude-standard -- '*/go.mod' | grep -vx tools/lint/go.mod | xargs -n 1 dirname
