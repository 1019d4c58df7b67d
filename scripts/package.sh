#!/usr/bin/env bash
# Makes what people install, in build/package: for Linux a .tar.xz and a .deb, for Windows a .zip, for macOS what
# "fyne package" needs there, and SHA256SUMS of them. Usage: package.sh VERSION
#
# The same commit and the same compilers give the same bytes: all times are the commit's, and no path of this computer
# gets into the program.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?usage: $0 VERSION}
id=io.github.partway.Partway
out=$PWD/build/package
arch=$(go env GOARCH)

export SOURCE_DATE_EPOCH CGO_ENABLED=1 LC_ALL=C TZ=UTC
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
flags=(-trimpath -buildvcs=true -tags migrated_fynedo)
symbols="-s -w -buildid= -X main.version=$version"

rm -rf "$out"
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# put SOURCE TARGET [MODE] copies a file into a tree, with its folders.
put() { install -D -m "${3:-644}" "$1" "$2"; }

# nothing fails where a tool complained.
nothing() { [ -z "$1" ] || { printf '%s\n' "$1" >&2 && exit 1; }; }

# dated TREE gives all of it the commit's time.
dated() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

# linux_tree TREE lays out what goes below /usr, /usr/local or ~/.local.
linux_tree() {
	local tree=$1 share=$1/share
	# As programs of a distribution are: loaded at another address each time.
	go build "${flags[@]}" -buildmode=pie -ldflags "$symbols" -o "$tree/bin/partway" .
	sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$(date -I -d "@$SOURCE_DATE_EPOCH")/" assets/linux/partway.1 >"$work/partway.1"
	nothing "$(groff -man -Tutf8 -ww -z "$work/partway.1" 2>&1)"
	gzip -9n <"$work/partway.1" | put /dev/stdin "$share/man/man1/partway.1.gz"
	put assets/linux/$id.desktop "$share/applications/$id.desktop"
	put assets/linux/$id.metainfo.xml "$share/metainfo/$id.metainfo.xml"
	put assets/icon.svg "$share/icons/hicolor/scalable/apps/$id.svg"
	put assets/icon.png "$share/icons/hicolor/512x512/apps/$id.png"
	put assets/tray.png "$share/icons/hicolor/48x48/apps/$id.png"
	put assets/linux/partway-dolphin.desktop "$share/kio/servicemenus/partway.desktop" 755 # KDE asks for that in a home
	put assets/linux/partway-thunar.desktop "$share/Thunar/sendto/partway.desktop"
	put assets/linux/partway-nautilus.py "$share/nautilus-python/extensions/partway.py"
	put README.md "$share/doc/partway/README.md"
	put README.zh-CN.md "$share/doc/partway/README.zh-CN.md"
	put CHANGELOG.md "$share/doc/partway/CHANGELOG.md" # which Debian's own refers to
}

tarball() {
	local name=partway-$version-linux-$arch
	mkdir "$work/$name"
	cp -r "$work/usr/." "$work/$name"
	put LICENSE "$work/$name/LICENSE"
	put assets/linux/install.sh "$work/$name/install.sh" 755
	dated "$work/$name"
	tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -c "$name" | xz -6 -T1 >"$out/$name.tar.xz"
}

deb() {
	local root=$work/deb docs
	mkdir -p "$root/usr" "$root/DEBIAN" "$work/shlibs/debian"
	cp -r "$work/usr/." "$root/usr"
	docs=$root/usr/share/doc/partway
	put assets/linux/copyright "$docs/copyright"
	printf 'partway (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md in this folder.\n\n -- The Partway developers <partway@users.noreply.github.com>  %s\n' \
		"$version" "$(date -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$docs/changelog.gz"
	chmod 644 "$root/usr/share/kio/servicemenus/partway.desktop" "$docs/changelog.gz"
	# Which packages hold the libraries that the program is linked with; those it opens by itself are named in the file.
	echo 'Source: partway' >"$work/shlibs/debian/control"
	needs=$(cd "$work/shlibs" && dpkg-shlibdeps -O "$root/usr/bin/partway" | sed -n 's/^shlibs:Depends=//p')
	sed -e "s/@VERSION@/${version//-/+}/" -e "s/@ARCH@/$(dpkg --print-architecture)/" -e "s/@DEPENDS@/$needs/" \
		-e "s/@SIZE@/$(du -sk --apparent-size "$root/usr" | cut -f1)/" assets/linux/control >"$root/DEBIAN/control"
	chmod -R u=rwX,go=rX "$root"
	dated "$root"
	dpkg-deb --root-owner-group -Zxz --build "$root" "$out/partway_${version//-/+}_$(dpkg --print-architecture).deb" >/dev/null
}

windows() {
	local name=partway-$version-windows-amd64 tree numbers
	tree=$work/$name
	mkdir "$tree"
	numbers=$(sed -E 's/^v?([0-9]+)\.([0-9]+)\.([0-9]+).*/\1,\2,\3,0/' <<<"$version")
	x86_64-w64-mingw32-windres -I assets/windows -D "VERSION_NUMBERS=$numbers" -D "VERSION_TEXT=\\\"$version\\\"" \
		-O coff -i assets/windows/partway.rc -o "$work/partway.res"
	# An object file of resources is passed to the linker, which leaves the tree as it is.
	GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc go build "${flags[@]}" \
		-ldflags "$symbols -H windowsgui -extldflags \"$work/partway.res -Wl,--no-insert-timestamp\"" -o "$tree/partway.exe" .
	put assets/windows/sendto.js "$tree/sendto.js"
	put LICENSE "$tree/LICENSE.txt"
	put README.md "$tree/README.md"
	put README.zh-CN.md "$tree/README.zh-CN.md"
	dated "$tree"
	(cd "$work" && find "$name" | sort | zip -q -X -9 -@ "$out/$name.zip")
}

macos() {
	local name=partway-$version-macos-files tree=$work/partway-$version-macos-files
	sed "s/@VERSION@/$version/" assets/macos/Info.plist | put /dev/stdin "$tree/Info.plist"
	put assets/icon.icns "$tree/icon.icns"
	put assets/macos/README.md "$tree/README.md"
	dated "$tree"
	tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -c "$name" | xz -6 -T1 >"$out/$name.tar.xz"
}

linux_tree "$work/usr"
tarball
deb
windows
macos
cd "$out"
sha256sum -- * >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" .
cat SHA256SUMS
