# Making an image: $name, its $tree, and $note, which says what was made.

image_places() {
  name=$1 tree=$machines/$1 note=$state_folder/nspawn/$1.image
}

# finish_image TEXT: the tree in its place, in one step, with a note of what is in it.
finish_image() {
  [ -d "$new/etc" ] && { [ -e "$new/sbin/init" ] || [ -L "$new/sbin/init" ]; } ||
    fail "the image has no /etc or no /sbin/init: it is not the root of a system"
  own_identity "$new"
  mkdir -p -- "${note%/*}"
  printf '%s\n' "$1" >"$note.new"
  mv -f -- "$note.new" "$note"
  mv -T -- "$new" "$tree"
}

# codename TREE: of the release that is installed there.
codename() {
  for _file in "$1/usr/lib/os-release" "$1/etc/os-release"; do
    if [ -f "$_file" ] && [ ! -L "$_file" ]; then
      sed -n 's/^VERSION_CODENAME="\{0,1\}\([A-Za-z0-9.-]*\)"\{0,1\}$/\1/p' "$_file"
      return 0
    fi
  done
}

apt_proxy() {
  apt-config dump --format '%v%n' Acquire::http::Proxy 2>/dev/null | sed '/^DIRECT$/d' | head -n 1
}

# apt_lines SUITE MIRROR: lines of sources.list(5) for a release: from the mirror, or as this host has them.
apt_lines() {
  if [ "$2" ]; then
    echo "deb $2 $1 main"
    return 0
  fi
  command -v apt-get >/dev/null || fail 'this host has no apt to take the mirror from: give bootstrap.mirror'
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null | sort -u |
    while read -r _uri _release _component; do
      _uri=${_uri%/}
      case $_uri in
        mirror+file:*) _uri=$(awk '/^https?:/ { print $1; exit }' "${_uri#mirror+file:}") ;;
      esac
      case $_uri in http:* | https:*) echo "$_uri $_release $_component" ;; esac
    done >"$in/targets"
  awk -v suite="$1" '
    $2 == suite || index($2, suite "-") == 1 || index($2, suite "/") == 1 { ours[$1 " " $2] = ours[$1 " " $2] " " $3 }
    $3 == "main" && $2 !~ /[-\/]/ && !base { base = $1 }
    END {
      for (line in ours) { print "deb " line ours[line]; found = 1 }
      if (!found && base) print "deb " base " " suite " main"
    }' "$in/targets" | sort
}

# bootstrap_image SUITE PACKAGES MIRROR: packages are separated by commas.
bootstrap_image() {
  _lines=$(apt_lines "$1" "$3")
  [ "$_lines" ] || fail "this host's apt sources have no mirror: give bootstrap.mirror"
  _proxy=$(apt_proxy)
  if [ "$_proxy" ]; then
    http_proxy=$_proxy
    export http_proxy
  fi
  _include=systemd,systemd-sysv,dbus${2:+,$2}
  if command -v mmdebstrap >/dev/null; then
    printf '%s\n' "$_lines" |
      mmdebstrap --quiet --mode=root --format=directory --variant=minbase "--include=$_include" "$1" "$new" - >"$in/said" 2>&1 ||
      say_why mmdebstrap
  elif command -v debootstrap >/dev/null; then
    _mirror=$(printf '%s\n' "$_lines" | awk -v suite="$1" '$3 == suite { print $2; exit }')
    debootstrap --variant=minbase "--include=$_include" "$1" "$new" "$_mirror" >"$in/said" 2>&1 || say_why debootstrap
  else
    fail 'this host has neither mmdebstrap nor debootstrap: install one of them'
  fi
  (
    within "$new" etc/apt
    printf '%s\n' "$_lines" >sources.list
    chmod 0644 sources.list
    if [ "$_proxy" ]; then
      printf 'Acquire::http::Proxy "%s";\n' "$_proxy" >apt.conf.d/90labwright-proxy
      chmod 0644 apt.conf.d/90labwright-proxy
    fi
  )
  # Without it nobody serves the interface that a container gets from its host.
  systemctl --root="$new" --quiet enable systemd-networkd 2>/dev/null || :
  finish_image "codename $(codename "$new")"
}

say_why() {
  grep -v '^I: ' "$in/said" | tail -n 15 >&2
  remove_tree "$new"
  fail "$1 could not install the image"
}

# archive_image SOURCE SHA256
archive_image() {
  case $1 in
    http://* | https://*)
      _file=$machines/.labwright-$name.archive
      rm -f -- "$_file"
      fetch "$1" "$_file"
      ;;
    *) _file=$1 ;;
  esac
  [ -f "$_file" ] || fail "there is no file $1 on this host"
  _sum=$(file_sha256 "$_file")
  if [ "$_sum" != "$2" ]; then
    [ "$_file" = "$1" ] || rm -f -- "$_file"
    fail "$1 has the SHA-256 $_sum, not the one given: it is another file, or was changed"
  fi
  mkdir -m 0755 -- "$new"
  tar -x -p --numeric-owner --xattrs '--xattrs-include=*' -f "$_file" -C "$new" >"$in/said" 2>&1 || {
    tail -n 15 "$in/said" >&2
    remove_tree "$new"
    fail "tar cannot unpack $1"
  }
  [ "$_file" = "$1" ] || rm -f -- "$_file"
  finish_image "sha256 $2"
}

# fetch URL FILE: with what the host has for it; the last is part of every apt.
fetch() {
  if command -v curl >/dev/null; then curl -fsSL --retry 3 -o "$2" -- "$1" >"$in/said" 2>&1
  elif command -v wget >/dev/null; then wget -q -O "$2" -- "$1" >"$in/said" 2>&1
  else /usr/lib/apt/apt-helper download-file "$1" "$2" >"$in/said" 2>&1; fi || {
    tail -n 5 "$in/said" >&2
    rm -f -- "$2"
    fail "cannot fetch $1"
  }
}
