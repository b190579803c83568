#!/usr/bin/env bash
# Prints CHANGELOG.md's section of a version, for the notes of its release.
#
#	tools/notes.sh v1.2.3
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?"usage: tools/notes.sh v1.2.3"}
awk -v head="## [${version#v}]" '
	index($0, "## [") == 1 {inside = index($0, head) == 1; found = found || inside; next}
	inside {print}
	END {exit !found}
' CHANGELOG.md || { echo "CHANGELOG.md has no section for $version" >&2; exit 1; }
