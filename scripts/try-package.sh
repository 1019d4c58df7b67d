#!/usr/bin/env bash
# Installs the packages of build/package in a clean root made by debootstrap, starts the program there under a virtual
# display, hands it files by a second start, removes it again, and looks at what is left. Needs root, and the network for
# the packages it depends on. Its picture is build/package-try.png.
set -euo pipefail
cd "$(dirname "$0")/.."
deb=$(realpath build/package/*.deb)
tarball=$(realpath build/package/partway-*-linux-*.tar.xz)
[ "$(id -u)" -eq 0 ] || { echo "$0: debootstrap needs root" >&2; exit 1; }
mirror=$(apt-get indextargets --format '$(SITE)' | head -1)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
root=$(mktemp -d)
chmod 755 "$root"
display=:77
pids=()

end() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait
	umount "$root/tmp/.X11-unix" "$root/proc" 2>/dev/null || true
	rm -rf --one-file-system "$root"
}
trap end EXIT

say() { printf '\n== %s\n' "$*"; }
# What runs a command there; begun with &, its PID is the command's.
inside=(chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LC_ALL=C.UTF-8 DISPLAY=$display)

# nothing fails where something was left.
nothing() {
	[ -z "$1" ] || { printf '%s\nis left.\n' "$1" >&2 && exit 1; }
}

# files lists what is there, but for what a package manager, caches and the program's own data change.
files() { (cd "$root" && find . -xdev \( -path ./var -o -path ./tmp -o -path ./proc -o -path ./root/.local/share/partway -o -path ./root/.config -o -path ./root/.cache \) -prune -o -print | grep -v '__pycache__\|/etc/ld.so.cache\|mimeinfo.cache\|icon-theme.cache' | sort); }

# picture takes one of the display when it has come to rest: two in a row are the same.
picture() {
	local last='' now=none
	while [ "$now" != "$last" ]; do
		last=$now
		sleep 1
		DISPLAY=$display import -window root build/package-try.png
		now=$(identify -format '%#' build/package-try.png)
	done
}

# runs NAME PROGRAM starts the program, hands it two files, and waits until both are uploaded.
runs() {
	say "$1: two files by a second start, one batch"
	rm -rf "$root/root/.local/share/partway"
	"${inside[@]}" "$2" -version
	"${inside[@]}" "$2" -trial &
	pids+=($!)
	DISPLAY=$display timeout 60 xdotool search --sync --onlyvisible --name '^Partway' >/dev/null
	mkdir -p "$root/root/files"
	head -c 300000 /dev/urandom >"$root/root/files/one.bin"
	head -c 200000 /dev/urandom >"$root/root/files/二.bin"
	"${inside[@]}" "$2" -trial -to oss://trial/tried/ -quit-when-done /root/files/one.bin /root/files/二.bin
	picture
	kill "${pids[-1]}"
	wait "${pids[-1]}" || true # it ends by the signal
	unset 'pids[-1]'
	rm -rf "$root/root/files"
}

say "a clean root: $suite"
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"build/package-try.log"
cp "$deb" "$root/partway.deb"
tar -C "$root" -xJf "$tarball"
mkdir -p "$root/tmp/.X11-unix"
mount -t proc proc "$root/proc"
Xvfb $display -screen 0 1100x760x24 -nolisten tcp >/dev/null 2>&1 &
pids+=($!)
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"

say "install the .deb with what it depends on"
"${inside[@]}" apt-get update -qq
"${inside[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /partway.deb >>"build/package-try.log" 2>&1
"${inside[@]}" dpkg -L partway
runs ".deb" /usr/bin/partway

say "remove it"
"${inside[@]}" env DEBIAN_FRONTEND=noninteractive apt-get remove -y -qq partway >>"build/package-try.log" 2>&1
[ ! -e "$root/usr/bin/partway" ]
nothing "$(find "$root/usr" -iname '*partway*')"

say "install and remove the .tar.xz"
files >"build/before.txt"
"${inside[@]}" sh -c 'cd /partway-*/ && ./install.sh'
runs ".tar.xz" /usr/local/bin/partway
"${inside[@]}" sh -c 'cd /partway-*/ && ./install.sh --remove'
# Folders below share may stay: others may use them.
nothing "$(files | diff build/before.txt - | grep '^[<>]' | grep -v '^> ./usr/local/share\(/[a-zA-Z0-9-]*\)*$')"
rm "build/before.txt"
say "nothing is left but the uploads and settings of its user"
