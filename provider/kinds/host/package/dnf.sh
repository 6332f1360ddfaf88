package_version() { rpm -q --qf '%{EVR}\n' -- "$1" 2>/dev/null | grep -v 'is not installed' | head -n 1; }

package_install() {
  dnf -q -y install -- "$1${2:+-$2}" >"$in/said" 2>&1 || say_last "$in/said"
  # `install` leaves a newer version than the one asked for.
  if [ "${2-}" ] && [ "$(package_version "$1")" != "$2" ]; then
    dnf -q -y downgrade -- "$1-$2" >"$in/said" 2>&1 || say_last "$in/said"
  fi
}

package_remove() {
  rpm -e --test -- "$1" >"$in/said" 2>&1 || {
    field needed "$(sed -n 's/.*is needed by (installed) //p' "$in/said" | head -n 1)"
    return 0
  }
  dnf -q -y --noautoremove remove -- "$1" >"$in/said" 2>&1 || say_last "$in/said"
}
