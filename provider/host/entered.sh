# The first that runs in a container, with PRELUDE-BYTES SCRIPT-BYTES INPUT-BYTES MACHINE-ID: takes all three from stdin
# into a folder of its own, says which machine this is, and runs the script there. The id is - when it does not matter.
set -u
umask 077
cd /
for base in /run /dev/shm /tmp; do
  # What a script that was killed left behind.
  for old in "$base"/labwright.entered.*; do
    [ -d "$old" ] && [ -O "$old" ] && read -r pid <"$old/pid" && ! kill -0 "$pid" && rm -rf "$old"
  done 2>/dev/null
  work=$(mktemp -d "$base/labwright.entered.XXXXXX" 2>/dev/null) && break
done
[ -d "$work" ] || { echo 'no folder for temporary files: /run, /dev/shm and /tmp refuse one' >&2; exit 73; }
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
echo $$ >"$work/pid" && cat >"$work/all" || exit 73
[ "$(($(wc -c <"$work/all")))" = "$(($1 + $2 + $3))" ] || { echo 'the script arrived cut short' >&2; exit 73; }
# tail complains when head has enough.
head -c "$1" "$work/all" >"$work/prelude" &&
  tail -c "+$(($1 + 1))" "$work/all" 2>/dev/null | head -c "$2" >"$work/0.sh" &&
  tail -c "+$(($1 + $2 + 1))" "$work/all" >"$work/0.in" || exit 73
rm -f "$work/all"
. "$work/prelude"
id=$(machine_id) || id=-
field entered "$id"
[ "$4" = - ] || [ "$4" = "$id" ] || exit 74
sh "$work/0.sh" "$work" 0 </dev/null
exit "$?"
