# Local users: shadow's tools where they are, else BusyBox's.

# look_at_user NAME: sets found, uid, gid, comment, home, shell, primary, and groups (sorted, one a line).
look_at_user() {
  found=0 uid='' gid='' comment='' home='' shell='' primary='' groups=''
  _entry=$(grep -m 1 "^$1:" /etc/passwd) || return 0
  found=1
  IFS=: read -r _login _password uid gid comment home shell <<END
$_entry
END
  primary=$(awk -F: -v gid="$gid" '$3 == gid { print $1; exit }' /etc/group)
  groups=$(awk -F: -v user="$1" '{ n = split($4, m, ","); for (i = 1; i <= n; i++) if (m[i] == user) { print $1; break } }' /etc/group | sort)
}

# make_user NAME UID PRIMARY SHELL HOME COMMENT SYSTEM: without a password; `*` is one that nothing matches, while sshd
# without PAM takes the usual `!` for a locked account and lets no key in.
make_user() {
  _home=${5:-/home/$1} _group=$3
  # A home that was kept when its user was deleted goes with the id that owns it.
  if [ -z "$2" ] && [ "$7" = 0 ] && [ -d "$_home" ] && [ ! -L "$_home" ]; then
    _owner_id=$(stat -c %u -- "$_home")
    if [ "$_owner_id" -ge 1000 ] && ! cut -d: -f3 /etc/passwd | grep -qx "$_owner_id"; then
      set -- "$1" "$_owner_id" "$3" "$4" "$5" "$6" "$7"
    fi
  fi
  if [ -z "$_group" ] && grep -q "^$1:" /etc/group; then _group=$1; fi
  if command -v useradd >/dev/null; then
    set -- "$1" "$2" "$_group" "$4" "$_home" "$6" "$7"
    if [ "$7" = 1 ]; then _kind='-r -M'; else _kind='-m'; fi
    # shellcheck disable=SC2086
    useradd $_kind ${2:+-u "$2"} ${3:+-g "$3"} -s "$4" -d "$5" -c "$6" -p '*' -- "$1" 2>"$in/said" || {
      cat "$in/said" >&2
      exit 1
    }
  else
    if [ "$7" = 1 ]; then _kind='-S -H'; else _kind=''; fi
    if [ -z "$_group" ]; then
      if [ "$7" = 1 ]; then addgroup -S "$1"; else addgroup "$1"; fi
      _group=$1
    fi
    # shellcheck disable=SC2086
    adduser -D $_kind ${2:+-u "$2"} -G "$_group" -s "$4" -h "$_home" -g "$6" "$1"
    echo "$1:*" | chpasswd -e 2>/dev/null
  fi
}

# _set_entry NAME COLUMN VALUE: one column of /etc/passwd, for hosts without usermod.
_set_entry() {
  VALUE=$3 awk -F: -v OFS=: -v user="$1" -v column="$2" '$1 == user { $column = ENVIRON["VALUE"] } { print }' /etc/passwd >"$in/passwd"
  place_file "$in/passwd" /etc/passwd 0:0 0644
}

# change_user NAME PRIMARY SHELL HOME COMMENT: what differs; an empty PRIMARY or HOME stays as it is.
change_user() {
  if command -v usermod >/dev/null; then
    if [ "$shell" != "$3" ]; then usermod -s "$3" -- "$1"; fi
    if [ "$4" ] && [ "$home" != "$4" ]; then usermod -d "$4" -- "$1"; fi
    if [ "$comment" != "$5" ]; then usermod -c "$5" -- "$1"; fi
    if [ "$2" ] && [ "$primary" != "$2" ]; then usermod -g "$2" -- "$1"; fi
  else
    if [ "$2" ] && [ "$primary" != "$2" ]; then
      _gid=$(awk -F: -v name="$2" '$1 == name { print $3 }' /etc/group)
      [ "$_gid" ] || fail "group $2 does not exist on this host"
      _set_entry "$1" 4 "$_gid"
    fi
    _set_entry "$1" 5 "$5"
    if [ "$4" ]; then _set_entry "$1" 6 "$4"; fi
    _set_entry "$1" 7 "$3"
  fi
}

# set_groups NAME FILE: exactly the groups in FILE, one a line.
set_groups() {
  [ "$(sort "$2")" != "$groups" ] || return 0
  if command -v usermod >/dev/null; then
    usermod -G "$(tr '\n' ',' <"$2" | sed 's/,$//')" -- "$1"
  else
    while read -r _group; do addgroup "$1" "$_group" 2>/dev/null || fail "group $_group does not exist on this host"; done <"$2"
    for _group in $groups; do grep -qx "$_group" "$2" || delgroup "$1" "$_group"; done
  fi
}

# make_home NAME: for a user that got another home, or was made without.
make_home() {
  if [ -e "$home" ]; then return 0; fi
  (umask 022 && mkdir -p -- "${home%/*}/")
  mkdir -m 0700 -- "$home"
  chown -- "$uid:$gid" "$home"
}

# delete_user NAME REMOVE-HOME
delete_user() {
  [ "$uid" != 0 ] || fail "$1 has the user id 0 and is never deleted"
  if command -v userdel >/dev/null; then
    userdel -- "$1" 2>"$in/said" || {
      cat "$in/said" >&2
      fail "end the processes of $1 before the user is deleted"
    }
  else
    deluser "$1"
  fi
  # Only a home of their own: not a folder that they were merely pointed at.
  if [ "$2" = 1 ] && [ -d "$home" ] && [ ! -L "$home" ] && [ "$(stat -c %u -- "$home")" = "$uid" ]; then
    case $home in /*/*) rm -rf -- "$home" ;; *) echo "$home was left: it is a top folder" >&2 ;; esac
  fi
}
