#!/usr/bin/env bash
# Rejects commits whose subject is longer than 72 characters, from the one after
# SUBJECTS_FROM on.
set -euo pipefail
cd "$(dirname "$0")/.."

from=${SUBJECTS_FROM:-0eb154f32d5f}
range=$from..HEAD
git cat-file -e "$from^{commit}" 2>/dev/null || range=HEAD~0..HEAD # a shallow clone
git log --format=%s "$range" | awk 'length > 72 {print length ": " $0; bad = 1} END {exit bad}' >&2
