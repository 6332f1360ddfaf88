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

ganesha_log=/var/log/ganesha/ganesha.log

# said: what the server has against an export, without the file's name. What it does not answer it has written into its log.
said() {
  cat "$in/refused" "$in/answer" | sed -n \
    -e 's/^Config File ([^)]*): //p' -e 's/^Error [^:]*: //p' |
    grep -v -e 'validation errors in block' -e 'Errors found in' -e 'Errors processing block' -e 'export entries in .* Details:' \
      -e 'Unknown parameter ()' | sort -u >"$in/against" || :
  if [ ! -s "$in/against" ] && [ -r "$ganesha_log" ]; then
    tail -n "+$logged" "$ganesha_log" | sed -n 's/.*:CRIT ://p' | grep -v 'export entries in' | sort -u >"$in/against" || :
  fi
  cat "$in/against"
}

# offer METHOD FILE ID: has the server add or update the export. It takes one with a parameter that it does not know, and
# says so: that is a refusal as well.
offer() {
  logged=$(($(cat "$ganesha_log" 2>/dev/null | wc -l) + 1))
  ganesha "$1" "string:$2" "string:EXPORT(Export_Id=$3)" && ! grep -q 'Errors found' "$in/answer"
}

# lift_below PSEUDO: takes the exports below that path off, deepest first; hang_below puts them on again. The server removes
# no export that has others below it, and one that is added above others hides them.
lift_below() {
  : >"$in/below"
  grep -lF "Pseudo = \"$1/" "$exports_folder"/*.conf 2>/dev/null | while IFS= read -r _file; do
    _their=$(pseudo_of "$_file")
    case $_their in "$1"/*) echo "${#_their} $(export_id "$_file") $_file" >>"$in/below" ;; esac
  done
  sort -rn "$in/below" | while read -r _length _id _file; do ganesha RemoveExport "uint16:$_id" || :; done
}

hang_below() {
  sort -n "$in/below" | while read -r _length _id _file; do
    ganesha AddExport "string:$_file" "string:EXPORT(Export_Id=$_id)" || :
  done
}

# add_export FILE ID: the export in a file, with what belongs below it; what the server has against it is in $in/why.
add_export() {
  lift_below "$(pseudo_of "$1")"
  _refused=0
  offer AddExport "$1" "$2" || {
    _refused=1
    said >"$in/why"
    ganesha RemoveExport "uint16:$2" || :
  }
  hang_below
  return "$_refused"
}

# end_export PSEUDO ID: the server offers it no more; fails when it goes on.
end_export() {
  logged=1
  lift_below "$1"
  ganesha RemoveExport "uint16:$2" || said >"$in/why"
  hang_below
  [ -z "$(served "$2")" ]
}

# replace_export OLD NEW ID: the running server offers NEW's export instead of OLD's; fails, with OLD's as before, when it
# refuses. OLD may be missing.
replace_export() {
  if [ -z "$(served "$3")" ]; then
    add_export "$2" "$3"
    return
  fi
  if [ -e "$1" ] && same_place "$1" "$2"; then
    if offer UpdateExport "$2" "$3"; then return 0; fi
    said >"$in/why"
    ganesha UpdateExport "string:$1" "string:EXPORT(Export_Id=$3)" || :
    return 1
  fi
  # Another path, or another way to it, is another export to the server.
  if [ -e "$1" ]; then _was=$(pseudo_of "$1"); else _was=$(pseudo_of "$2"); fi
  end_export "$_was" "$3" || return 1
  if add_export "$2" "$3"; then return 0; fi
  cp "$in/why" "$in/why.first"
  [ ! -e "$1" ] || add_export "$1" "$3" || :
  mv "$in/why.first" "$in/why"
  return 1
}

same_place() { [ "$(place_of "$1")" = "$(place_of "$2")" ]; }
place_of() { grep -E '^[[:space:]]*(Path|Pseudo)[[:space:]]*=' "$1"; }

# pseudo_of FILE: as it is written there, without the quotes around it.
pseudo_of() { sed -n 's/^[[:space:]]*Pseudo[[:space:]]*=[[:space:]]*"\(.*\)";.*/\1/p' "$1" | head -n 1; }
