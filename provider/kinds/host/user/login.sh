# Changes to the user that this very connection logs in as: undone unless a fresh login proves that they keep nobody out.

# arm_login SECONDS: notes how the user is, and brings that back after a while unless disarm_login is called before.
arm_login() {
  mkdir -p -- "$run_folder/rollback"
  _back=$run_folder/rollback/$key
  echo "$shell
$home" >"$_back.entry"
  : >"$_back.keys"
  if [ -f "$home/.ssh/authorized_keys" ]; then
    sed -n "/^$begin_mark\$/,/^$end_mark\$/p" "$home/.ssh/authorized_keys" | sed "/^$begin_mark\$/d; /^$end_mark\$/d" >"$_back.keys"
  fi
  # A release forgets the entry; whether the user was there before us is in it.
  rm -f -- "$_back.ledger"
  if [ -e "$ledger_entry" ]; then cp -- "$ledger_entry" "$_back.ledger"; fi
  echo $$ >"$_back"
  (
    sleep "$1"
    if [ "$(cat "$_back" 2>/dev/null)" = $$ ]; then undo_login "$user"; fi
  ) </dev/null >/dev/null 2>&1 9>&- &
}

# undo_login NAME: what arm_login noted.
undo_login() {
  _back=$run_folder/rollback/$key
  [ -e "$_back" ] || return 0
  look_at_user "$1"
  { read -r _shell && read -r _home; } <"$_back.entry"
  change_user "$1" '' "$_shell" "$_home" "$comment"
  home=$_home
  write_keys "$_back.keys"
  if [ -e "$_back.ledger" ]; then
    cp -- "$_back.ledger" "$state_folder/ledger/$key.new"
    mv -f -- "$state_folder/ledger/$key.new" "$state_folder/ledger/$key"
  fi
  disarm_login
}

disarm_login() {
  _back=$run_folder/rollback/$key
  rm -f -- "$_back" "$_back.entry" "$_back.keys" "$_back.ledger"
}
