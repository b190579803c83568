#!/usr/bin/env bash
# Tries the next release: tags it in a clone with tools/release.sh, packs its
# modules into a file:// proxy, builds a program in an empty module that imports
# each of them, and installs the command. What needs a "replace" of this tree
# fails here.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

version=v$(sed -n 's/^const Version = "\(.*\)"$/\1/p' client.go)
git clone --quiet . "$work/clone"
(
	cd "$work/clone"
	git config user.name release
	git config user.email release@example.org
	grep -qF "## [${version#v}] - " CHANGELOG.md ||
		sed -i "s/^## \[Unreleased\]$/## [Unreleased]\n\n## [${version#v}] - 2000-01-01/" CHANGELOG.md
	git diff --quiet || git commit --quiet --all --message "A release, for a try"
	tools/release.sh "$version"
)
mapfile -t tags < <(git -C "$work/clone" tag --list "*$version")
folders=() # of the published modules; the root's is empty
modules=()
for tag in "${tags[@]}"; do
	folder=${tag%"$version"}
	folder=${folder%/}
	git -C "$work/clone" worktree add --quiet --detach "$work/at/$tag" "$tag"
	folders+=("$folder")
	modules+=("$work/at/$tag/$folder")
done
(cd tools && go run ./pack -out "$work/proxy" -version "$version" "${modules[@]}")

GOMODCACHE=$work/cache
# Modules in this machine's cache are not downloaded again.
GOPROXY=file://$work/proxy,file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)
export GOMODCACHE GOPROXY GONOSUMDB="github.com/bardge/*" GOWORK=off
# Without cgo programs are static. Trimmed paths let the next run use this one's
# build cache.
export CGO_ENABLED=0 GOFLAGS="-modcacherw -trimpath"

# install installs the command as its users do, and runs it.
install() {
	GOBIN=$work/bin go install "$1@$version"
	"$work/bin/bardge" version -o json | grep -qF "\"version\": \"$version\""
	if ldd "$work/bin/bardge" >/dev/null 2>&1; then
		echo "the command is not static" >&2
		return 1
	fi
	echo "$1@$version: installed, $(wc -c <"$work/bin/bardge") bytes"
}

for folder in "${folders[@]}"; do
	path=github.com/bardge/bardge-go${folder:+/$folder}
	if [ "$folder" = cmd/bardge ]; then
		install "$path"
		continue
	fi
	consumer=$work/consumer/$folder
	mkdir -p "$consumer"
	(
		cd "$consumer"
		go mod init example.org/consumer 2>/dev/null
		go get "$path@$version" 2>/dev/null
		printf 'package main\n\nimport _ "%s"\n\nfunc main() {}\n' "$path" >main.go
		go build -o program .
		go list -m -f '{{with .Replace}}{{$.Path}} is replaced{{end}}' all | { ! grep .; }
		echo "$path@$version: built by an importer"
	)
done
