# package_manager: prints apt, apk, dnf or pacman.
package_manager() {
  for _candidate in apt-get:apt apk:apk dnf:dnf pacman:pacman; do
    if command -v "${_candidate%:*}" >/dev/null; then
      echo "${_candidate#*:}"
      return 0
    fi
  done
  fail 'this host has none of apt-get, apk, dnf and pacman'
}

# Each manager's file defines the same three, quiet and never asking:
#   package_version NAME            prints the installed version; nothing when it is not installed
#   package_install NAME [VERSION]  installs it, or brings it to that version
#   package_remove NAME PURGE       removes it alone; when other packages need it, it stays and is field `needed`

# say_last FILE: the end of a manager's output, as the error.
say_last() {
  tail -n 15 "$1" >&2
  exit 1
}
