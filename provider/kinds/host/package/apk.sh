package_version() {
  # The name and version that apk prints are joined by a hyphen, and both may have more of them.
  _line=$(apk info -e -v -- "$1" 2>/dev/null) || return 0
  echo "${_line#"$1"-}"
}

package_install() {
  apk update --quiet >"$in/said" 2>&1 || say_last "$in/said"
  apk add --quiet --no-progress -- "$1${2:+=$2}" >"$in/said" 2>&1 || say_last "$in/said"
}

# apk itself keeps what other packages need.
package_remove() {
  apk del --quiet --no-progress -- "$1" >"$in/said" 2>&1 || say_last "$in/said"
  if [ "$(package_version "$1")" ]; then field needed 'another package'; fi
}
