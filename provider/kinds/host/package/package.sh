# The package managers behind one interface. Each quiet, and never asking.

package_manager() {
  for _candidate in apt-get:apt apk:apk dnf:dnf pacman:pacman; do
    if command -v "${_candidate%:*}" >/dev/null; then echo "${_candidate#*:}"; return 0; fi
  done
  fail 'this host has none of apt-get, apk, dnf and pacman'
}

# package_version NAME: the installed version; nothing when it is not installed.
package_version() {
  case $(package_manager) in
    apt)
      _line=$(dpkg-query -W -f '${db:Status-Status} ${Version}' -- "$1" 2>/dev/null) || return 0
      case $_line in "installed "*) echo "${_line#installed }" ;; esac
      ;;
    apk)
      apk info --installed -- "$1" >/dev/null 2>&1 || return 0
      apk list --installed -- "$1" 2>/dev/null | sed -n "1s/^$(printf %s "$1" | sed 's/[.+]/\\&/g')-\([^ ]*\) .*/\1/p"
      ;;
    dnf) rpm -q --qf '%{VERSION}-%{RELEASE}\n' -- "$1" 2>/dev/null | sed -n 1p || : ;;
    pacman)
      _line=$(pacman -Q -- "$1" 2>/dev/null) || return 0
      echo "${_line#* }"
      ;;
  esac
}

# The lists are fetched again when they are older than a day, and when a package can't be found with the ones there are.
_apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Use-Pty=0 "$@" >"$in/.output" 2>&1 </dev/null
}
_apt_lists_are_fresh() {
  [ "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -1 2>/dev/null | head -n 1)" ]
}
_apt_install() {
  _apt_lists_are_fresh || _apt update || { cat "$in/.output" >&2; return 1; }
  _apt install --no-install-recommends --allow-downgrades -- "$1" && return 0
  _apt update && _apt install --no-install-recommends --allow-downgrades -- "$1" && return 0
  grep -E '^(E|W|dpkg|Err)' "$in/.output" >&2 || tail -n 20 "$in/.output" >&2
  return 1
}

# package_install NAME [VERSION]
package_install() {
  case $(package_manager) in
    apt) _apt_install "$1${2:+=$2}" ;;
    apk) apk add --quiet --no-progress -- "$1${2:+=$2}" >&2 ;;
    dnf) dnf -q -y install -- "$1${2:+-$2}" >&2 ;;
    pacman)
      [ -z "${2-}" ] || fail "pacman installs the repository's version only: leave version out"
      pacman -S --noconfirm --needed --quiet -- "$1" >&2
      ;;
  esac
}

# package_remove NAME PURGE
package_remove() {
  case $(package_manager) in
    apt)
      if [ "$2" = 1 ]; then _verb=purge; else _verb=remove; fi
      _apt "$_verb" -- "$1" || { cat "$in/.output" >&2; return 1; }
      ;;
    apk) apk del --quiet --no-progress -- "$1" >&2 ;;
    dnf) dnf -q -y remove -- "$1" >&2 ;;
    pacman) pacman -R --noconfirm -- "$1" >&2 ;;
  esac
}
