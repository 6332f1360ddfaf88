package_version() {
  _line=$(pacman -Q -- "$1" 2>/dev/null) || return 0
  echo "${_line#* }"
}

# Arch keeps one version of each package, so there is nothing to choose from.
package_install() {
  pacman -Si -- "$1" >/dev/null 2>&1 || pacman -Sy --noconfirm >"$in/said" 2>&1 || say_last "$in/said"
  if [ "${2-}" ] && [ "$(pacman -Si -- "$1" | sed -n 's/^Version *: //p' | head -n 1)" != "$2" ]; then
    fail "pacman has no version $2 of $1: leave version out"
  fi
  pacman -S --noconfirm --quiet -- "$1" >"$in/said" 2>&1 || say_last "$in/said"
}

package_remove() {
  pacman -R --noconfirm -- "$1" >"$in/said" 2>&1 && return 0
  grep -q 'breaks dependency' "$in/said" || say_last "$in/said"
  field needed "$(sed -n "s/.*required by //p" "$in/said" | head -n 1)"
}
