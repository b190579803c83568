#!/usr/bin/env bash
# Refuses commits whose subject is longer than 72 characters. Older ones stay as
# they are: the check begins after SUBJECTS_FROM.
set -euo pipefail
cd "$(dirname "$0")/.."

from=${SUBJECTS_FROM:-0eb154f32d5f}
range=$from..HEAD
git cat-file -e "$from^{commit}" 2>/dev/null || range=HEAD~0..HEAD # a shallow clone
git log --format=%s "$range" | awk 'length > 72 {print length ": " $0; bad = 1} END {exit bad}' >&2
