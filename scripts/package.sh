#!/usr/bin/env bash
# Makes a tarball and a Debian package of a static binary, in target/dist. The same sources give the same bytes.
# Usage: scripts/package.sh BINARY TARGET MANUAL   with TARGET a Rust target and MANUAL what `gnomon manual` wrote
set -euo pipefail
cd "$(dirname "$0")/.."

binary=$1 target=$2 manual=$3
case $target in
  x86_64-*) architecture=amd64 ;;
  aarch64-*) architecture=arm64 ;;
  armv7-*) architecture=armhf ;;
  i686-*) architecture=i386 ;;
  *) echo "no Debian architecture is known for $target" >&2; exit 1 ;;
esac
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
dist=$PWD/target/dist
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
mkdir -p "$dist"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 022

# All files bear the date of the sources, and belong to root.
pack() {
  find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

tarball() {
  local name=gnomon-$version-${target%%-*}-linux root
  root=$scratch/tar/$name
  install -D "$binary" "$root/gnomon"
  install -m 644 LICENSE README.md CHANGELOG.md deploy/prometheus.yml "$root"
  mkdir "$root/systemd"
  for unit in deploy/systemd/*; do
    # What no package brings lies in /usr/local.
    sed 's|/usr/bin/gnomon|/usr/local/bin/gnomon|' "$unit" >"$root/systemd/${unit##*/}"
  done
  install -m 644 deploy/debian/gnomon.sysusers "$root/systemd/gnomon.conf"
  cp -r "$manual"/* "$root"
  pack "$root"
  tar -C "$scratch/tar" --sort=name --owner=0 --group=0 --numeric-owner -c "$name" | gzip -9n >"$dist/$name.tar.gz"
  echo "$dist/$name.tar.gz"
}

deb() {
  local root=$scratch/deb name=gnomon_${version}_$architecture.deb
  local doc=$root/usr/share/doc/gnomon
  install -D "$binary" "$root/usr/bin/gnomon"
  install -D -m 644 -t "$root/usr/lib/systemd/system" deploy/systemd/*
  install -D -m 644 deploy/debian/gnomon.sysusers "$root/usr/lib/sysusers.d/gnomon.conf"
  install -D -m 644 -t "$root/etc/gnomon" deploy/prometheus.yml
  install -d "$root/etc/gnomon/dashboards"
  # The environment of the stack may hold a password.
  install -D -m 640 deploy/debian/gnomon.default "$root/etc/default/gnomon"
  install -D -m 644 deploy/debian/gnomon-sensor.default "$root/etc/default/gnomon-sensor"
  install -D -m 644 -t "$root/usr/share/man/man1" "$manual"/man/*.1
  install -D -m 644 "$manual/completions/gnomon.bash" "$root/usr/share/bash-completion/completions/gnomon"
  install -D -m 644 -t "$root/usr/share/zsh/vendor-completions" "$manual/completions/_gnomon"
  install -D -m 644 -t "$root/usr/share/fish/vendor_completions.d" "$manual/completions/gnomon.fish"
  install -D -m 644 deploy/debian/copyright "$doc/copyright"
  install -D -m 644 deploy/debian/lintian-overrides "$root/usr/share/lintian/overrides/gnomon"
  install -m 644 -t "$doc" README.md CHANGELOG.md
  changelog >"$doc/changelog"
  gzip -9n "$doc"/{changelog,CHANGELOG.md} "$root"/usr/share/man/man1/*
  control "$root" "$(du -sk --apparent-size "$root" | cut -f1)"
  pack "$root"
  dpkg-deb --root-owner-group -Zxz --build "$root" "$dist/$name" >/dev/null
  echo "$dist/$name"
}

# What Debian's tools read; people read CHANGELOG.md.
changelog() {
  printf 'gnomon (%s) unstable; urgency=medium\n\n  * What changed is in CHANGELOG.md.\n\n -- %s  %s\n' "$version" \
    "$(sed -n 's/^Maintainer: //p' deploy/debian/control)" "$(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")"
}

control() {
  local root=$1 kilobytes=$2
  mkdir "$root/DEBIAN"
  sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$kilobytes/" deploy/debian/control >"$root/DEBIAN/control"
  install -t "$root/DEBIAN" deploy/debian/{postinst,prerm,postrm}
  (cd "$root" && find etc -type f -printf '/%p\n' | sort) >"$root/DEBIAN/conffiles"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
  chmod 644 "$root"/DEBIAN/{control,conffiles,md5sums}
}

tarball
deb
