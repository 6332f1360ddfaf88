# The keys that may log in as a user: a block of ~/.ssh/authorized_keys between two marks. Other lines are not ours.

begin_mark='# BEGIN labwright: changes between these two lines are undone'
end_mark='# END labwright'

# as_user COMMAND...: with the rights of uid and gid alone, so that a link which the user laid leads nowhere that the user
# could not go.
as_user() {
  if [ "$uid" = 0 ]; then "$@"
  elif setpriv --help 2>&1 | grep -q -e --reuid; then setpriv --reuid "$uid" --regid "$gid" --clear-groups -- "$@"
  else
    # su takes one text; the words here are fixed.
    su -s /bin/sh "$user" -c "$*"
  fi
}

# read_keys: field keys, the lines of the block; field unsafe when sshd ignores the file (StrictModes, sshd_config(5)).
read_keys() {
  _file=$home/.ssh/authorized_keys
  if [ ! -f "$_file" ]; then return 0; fi
  sed -n "/^$begin_mark\$/,/^$end_mark\$/p" "$_file" | sed "/^$begin_mark\$/d; /^$end_mark\$/d" >"$in/.keys"
  for _at in "$home" "$home/.ssh" "$_file"; do
    # A 2, 3, 6 or 7 as one of the last two digits lets others write.
    case $(stat -L -c '%u %a' -- "$_at") in
      "$uid "*[2367]? | "$uid "*[2367] | "0 "*[2367]? | "0 "*[2367]) field unsafe "$_at can be written by others" ;;
      "$uid "* | "0 "*) ;;
      *) field unsafe "$_at belongs to somebody else" ;;
    esac
  done
  field_file keys "$in/.keys"
}

# The part that runs with the user's rights: reads the wanted lines on stdin.
write_keys_script='
umask 077
begin_mark=$1 end_mark=$2
cd -- "$3" || { echo "the home directory $3 cannot be entered" >&2; exit 1; }
if [ -L .ssh ] || [ -L .ssh/authorized_keys ]; then
  echo "$3/.ssh or its authorized_keys is a symbolic link: make it a real one" >&2
  exit 1
fi
wanted=$(cat)
file=.ssh/authorized_keys
if [ -z "$wanted" ] && [ ! -e "$file" ]; then exit 0; fi
[ -d .ssh ] || mkdir -m 0700 .ssh
chmod go-w .ssh
{
  if [ -f "$file" ] && grep -qxF -e "$end_mark" "$file"; then
    sed "/^$begin_mark\$/,/^$end_mark\$/d" "$file"
  elif [ -f "$file" ]; then sed "/^$begin_mark\$/d" "$file"; fi | awk 1
  if [ "$wanted" ]; then printf "%s\n%s\n%s\n" "$begin_mark" "$wanted" "$end_mark"; fi
} >.ssh/.labwright.authorized_keys.new
if cmp -s .ssh/.labwright.authorized_keys.new "$file"; then
  rm -f .ssh/.labwright.authorized_keys.new
  chmod 0600 "$file"
else
  { sync .ssh/.labwright.authorized_keys.new 2>/dev/null || sync; }
  mv -f .ssh/.labwright.authorized_keys.new "$file"
fi
'

# write_keys FILE: the block holds exactly the lines of FILE.
write_keys() {
  [ -d "$home" ] || { [ ! -s "$1" ] || make_home; }
  [ -d "$home" ] || return 0
  if [ "$uid" = 0 ] || setpriv --help 2>&1 | grep -q -e --reuid; then
    as_user sh -c "$write_keys_script" sh "$begin_mark" "$end_mark" "$home" <"$1"
  else
    # su cannot be given words as they are: they go in quotes inside the text, and none of them has a quote.
    as_user "set -- '$begin_mark' '$end_mark' '$home';$write_keys_script" <"$1"
  fi
}
