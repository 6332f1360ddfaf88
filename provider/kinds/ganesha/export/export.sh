# Exports of NFS-Ganesha. A running server is spoken to over D-Bus (ganesha-export-config(8), org.ganesha.nfsd.exportmgr):
# it says what is wrong with an export and leaves all others alone, which a reload does not.

exports_folder=/etc/ganesha/exports.d

# ganesha METHOD [ARGUMENT...]: asks the running server; the answer is in $in/answer, what it says against it in $in/refused.
ganesha() {
  _method=$1
  shift
  dbus-send --system --print-reply --dest=org.ganesha.nfsd /org/ganesha/nfsd/ExportMgr \
    "org.ganesha.nfsd.exportmgr.$_method" "$@" >"$in/answer" 2>"$in/refused"
}

ganesha_runs() {
  command -v dbus-send >/dev/null &&
    dbus-send --system --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
      org.freedesktop.DBus.NameHasOwner string:org.ganesha.nfsd 2>/dev/null | grep -q 'boolean true'
}

# export_id FILE: the Export_Id in a file; nothing when it has none.
export_id() { sed -n 's/^[[:space:]]*[Ee]xport_[Ii]d[[:space:]]*=[[:space:]]*\([0-9][0-9]*\)[[:space:]]*;.*/\1/p' "$1" | head -n 1; }

# choose_id FILE WANTED: the id of the export in FILE, or else the first from WANTED on that no other file has.
choose_id() {
  if [ -f "$1" ]; then
    _id=$(export_id "$1")
    if [ "$_id" ] && [ "$_id" -ge 1 ] && [ "$_id" -le 65535 ]; then
      echo "$_id"
      return 0
    fi
  fi
  cat /etc/ganesha/ganesha.conf "$exports_folder"/* 2>/dev/null |
    sed -n 's/.*[Ee]xport_[Ii]d[[:space:]]*=[[:space:]]*\([0-9][0-9]*\).*/\1/p' >"$in/taken" || :
  _id=$2 _tries=65534
  while grep -qx "$_id" "$in/taken"; do
    _id=$((_id % 65534 + 1)) _tries=$((_tries - 1))
    [ "$_tries" -gt 0 ] || fail 'all 65534 ids of exports are taken on this server'
  done
  echo "$_id"
}

# served ID: what the server says of the export, without what differs from call to call; nothing when it has none.
served() {
  if ganesha DisplayExport "uint16:$1"; then sed 1d "$in/answer"; fi
}

# said: what the server has against an export, without the file's name.
said() {
  cat "$in/refused" "$in/answer" | sed -n \
    -e 's/.*(block validation).*//' -e 's/^Config File ([^)]*): //p' -e 's/^Error [^:]*: //p' -e 's/^ *string "\(.*\)/\1/p' |
    grep -v -e '^$' -e 'validation errors in block' -e 'Errors found in configuration block' -e 'Errors processing block' |
    sort -u
}

# offer METHOD FILE ID: has the server add or update the export. It takes one with a parameter that it does not know, and
# says so: that is a refusal as well.
offer() { ganesha "$1" "string:$2" "string:EXPORT(Export_Id=$3)" && ! grep -q 'Errors found' "$in/answer"; }

# replace_export OLD NEW ID: the running server offers NEW's export instead of OLD's; fails, with OLD's as before, when it
# refuses. OLD may be missing.
replace_export() {
  if [ -z "$(served "$3")" ]; then
    if offer AddExport "$2" "$3"; then return 0; fi
    said >"$in/why"
    ganesha RemoveExport "uint16:$3" || :
    return 1
  fi
  if [ -e "$1" ] && same_place "$1" "$2"; then
    if offer UpdateExport "$2" "$3"; then return 0; fi
    said >"$in/why"
    ganesha UpdateExport "string:$1" "string:EXPORT(Export_Id=$3)" || :
    return 1
  fi
  # Another path, or another way to it, is another export to the server.
  ganesha RemoveExport "uint16:$3" || :
  if offer AddExport "$2" "$3"; then return 0; fi
  said >"$in/why"
  ganesha RemoveExport "uint16:$3" || :
  [ ! -e "$1" ] || ganesha AddExport "string:$1" "string:EXPORT(Export_Id=$3)" || :
  return 1
}

same_place() { [ "$(place_of "$1")" = "$(place_of "$2")" ]; }
place_of() { grep -E '^[[:space:]]*(Path|Pseudo)[[:space:]]*=' "$1"; }
