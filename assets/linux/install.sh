#!/bin/sh
# Installs Partway, or removes it: as root below /usr/local, else below ~/.local.
# Usage: install.sh [--prefix FOLDER] [--remove]
#   Its uploads, settings and log stay where they are: remove ~/.local/share/partway by hand.
set -eu
cd "$(dirname "$0")"
prefix=$HOME/.local
[ "$(id -u)" -ne 0 ] || prefix=/usr/local
remove=
while [ $# -gt 0 ]; do
	case $1 in
	--prefix) prefix=${2:?--prefix needs a folder} && shift ;;
	--remove) remove=yes ;;
	*)
		echo "usage: $0 [--prefix FOLDER] [--remove]" >&2
		exit 2
		;;
	esac
	shift
done

# Menus and icons are found anew; a system without these tools finds them by itself, only later.
refresh() {
	[ -z "$(command -v update-desktop-database)" ] || update-desktop-database -q "$prefix/share/applications" || true
	[ -z "$(command -v gtk-update-icon-cache)" ] || gtk-update-icon-cache -qt "$prefix/share/icons/hicolor" || true
}

if [ -n "$remove" ]; then
	find bin share -type f | while read -r file; do
		rm -f "$prefix/$file"
	done
	rmdir "$prefix/share/doc/partway" 2>/dev/null || true
	refresh
	echo "Partway is removed from $prefix. Its uploads and settings are left in ~/.local/share/partway."
	exit 0
fi
find bin share -type f | while read -r file; do
	mkdir -p "$prefix/$(dirname "$file")"
	case $file in
	*.desktop) sed "s|^Exec=partway|Exec=\"$prefix/bin/partway\"|" "$file" >"$prefix/$file" ;;
	*nautilus*) sed "s|\"partway\", \"--\"|\"$prefix/bin/partway\", \"--\"|" "$file" >"$prefix/$file" ;;
	*) rm -f "$prefix/$file" && cp "$file" "$prefix/$file" ;; # a running program is not written over
	esac
	[ ! -x "$file" ] || chmod 755 "$prefix/$file"
done
refresh
echo "Partway is in $prefix/bin, and in the menu of applications. Remove it with: $0 --prefix $prefix --remove"
missing=$(ldd "$prefix/bin/partway" | sed -n 's/^\s*\(.*\) => not found/\1/p')
if [ -n "$missing" ]; then
	echo "It will not start yet: this system lacks" $missing >&2
	exit 1
fi
