#!/usr/bin/env bash
# Prints the folders of the nested modules that hold code. The generator's and the
# linter's hold versions alone.
set -euo pipefail
cd "$(dirname "$0")/.."

git ls-files --cached --others --exclude-standard -- '*/go.mod' | grep -vE '^tools/(lint/)?go.mod$' | xargs -n 1 dirname
