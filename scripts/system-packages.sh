#!/usr/bin/env bash
# Installs the system packages that Partway lacks here, on Debian and Ubuntu; elsewhere it
# names them. Usage: system-packages.sh build|test|package
#   build: what the window and SQLite are compiled and run with
#   test:  beside these, a virtual display and what drives it
#   package: beside the first, what makes and checks packages, and a clean root to try them in
set -euo pipefail

build=(gcc libc6-dev make pkg-config libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev)
# The virtual display draws with Mesa's software renderer; file names may be Chinese.
test=(xvfb openbox xdotool x11-utils imagemagick dbus gnome-keyring libgl1-mesa-dri
	python3-gi gir1.2-gtk-3.0 fonts-dejavu-core fonts-noto-cjk)

# The compiler for Windows, and the tools of Debian's packages.
package=(gcc-mingw-w64-x86-64-win32 dpkg-dev xz-utils zip desktop-file-utils appstream groff-base debootstrap xvfb xdotool imagemagick)

case "${1:-}" in
build) wanted=("${build[@]}") ;;
test) wanted=("${build[@]}" "${test[@]}") ;;
package) wanted=("${build[@]}" "${package[@]}") ;;
*)
	echo "usage: $0 build|test|package" >&2
	exit 2
	;;
esac

[ "$(uname -s)" = Linux ] || exit 0 # macOS and Windows need a C compiler only

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "This is neither Debian nor Ubuntu. If the build fails, install what these packages hold there:" >&2
	echo "  ${wanted[*]}" >&2
	exit 0
fi

missing=()
for package in "${wanted[@]}"; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "Missing: ${missing[*]}. Install them as root, then try again." >&2
		exit 1
	fi
	sudo=(sudo)
fi
echo "Installing: ${missing[*]}"
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
