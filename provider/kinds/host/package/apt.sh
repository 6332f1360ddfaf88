package_version() {
  _line=$(dpkg-query -W -f '${db:Status-Status} ${Version}\n' -- "$1" 2>/dev/null) || return 0
  echo "$_line" | sed -n 's/^installed //p' | head -n 1
}

# Waits up to 5 minutes for another run of dpkg, keeps configuration files that somebody changed, and takes no package that
# is merely recommended: what a program wants, it names.
_apt() {
  DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical NEEDRESTART_SUSPEND=1 \
    apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef \
    -o Dpkg::Use-Pty=0 -o APT::Install-Recommends=false "$@" >"$in/said" 2>&1 </dev/null
}

# The lists are fetched when they are older than a day, as apt's own timer does (APT::Periodic::Update-Package-Lists), and
# when what is asked for is not in them. Their lock is not covered by DPkg::Lock::Timeout.
_apt_update() {
  for _try in 1 2 3 4 5 6; do
    if _apt update; then
      mkdir -p -- "$run_folder" && : >"$run_folder/apt-lists"
      return 0
    fi
    grep -q 'Could not get lock' "$in/said" || return 1
    sleep 5
  done
  return 1
}
_apt_fresh() {
  [ "$(find "$run_folder/apt-lists" /var/lib/apt/lists -maxdepth 1 \( -name apt-lists -o -name '*Packages*' \) -mmin -1440 2>/dev/null | head -n 1)" ]
}
# `apt-cache show NAME=VERSION` succeeds for a version that there is not.
_apt_knows() {
  if [ "${2-}" ]; then
    apt-cache madison -- "$1" 2>/dev/null | awk -v version="$2" '$3 == version { found = 1 } END { exit !found }'
  else
    apt-cache show --no-all-versions -- "$1" >/dev/null 2>&1
  fi
}

# A run that was ended half way leaves packages that only dpkg can finish. dpkg itself does not wait for its lock, so that
# is done here, as long as apt does: 5 minutes.
_finish_interrupted() {
  _left=60
  until DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confold >"$in/said" 2>&1 </dev/null; do
    if [ "$_left" = 0 ] || ! grep -q 'locked by another process' "$in/said"; then say_last "$in/said"; fi
    _left=$((_left - 1))
    sleep 5
  done
}

package_install() {
  if [ -n "$(dpkg --audit 2>/dev/null)" ]; then _finish_interrupted; fi
  _fetched=0
  if ! _apt_fresh || ! _apt_knows "$1" "${2-}"; then
    _fetched=1
    _apt_update || say_last "$in/said"
  fi
  if ! _apt_knows "$1" "${2-}"; then
    if [ "${2-}" ] && _apt_knows "$1"; then
      fail "$1 has no version $2 in this host's package sources; there is $(apt-cache madison -- "$1" | awk '{ print $3 }' | sort -u | head -n 5 | tr '\n' ' ')"
    fi
    fail "there is no package $1 in this host's package sources: check the name, or add the source first"
  fi
  # Lists that are not a day old may still name files that are gone.
  _apt install --allow-downgrades -- "$1${2:+=$2}" || {
    [ "$_fetched" = 0 ] && _apt_update && _apt install --allow-downgrades -- "$1${2:+=$2}"
  } || say_last "$in/said"
}

package_remove() {
  if [ "$2" = 1 ]; then _verb=purge; else _verb=remove; fi
  _others=$(apt-get -s -o Debug::NoLocking=true "$_verb" -- "$1" | awk -v name="$1" '/^(Remv|Purg) / && $2 != name { print $2 }')
  for _other in $_others; do
    # Those that we installed as well may go along: nobody but us asked for them.
    _entry=$state_folder/ledger/${key%%!*}!$(printf %s "$_other" | sed 's/+/%2B/g')
    if ! grep -qx 'adopted 0' "$_entry" 2>/dev/null; then
      field needed "$_other"
      return 0
    fi
  done
  _apt "$_verb" -- "$1" || say_last "$in/said"
}
