# Exports of the kernel's NFS server. exportfs works on its table also where no server runs.

exports_folder=/etc/exports.d

need_exportfs() {
  command -v exportfs >/dev/null ||
    fail 'exportfs is not on this host: install the NFS server, nfs-kernel-server on Debian, nfs-utils on Alpine'
}

# export_again SAID: has all files taken up; the exit code of exportfs also tells of mistakes in files that are not ours.
export_again() { exportfs -ra >/dev/null 2>"$1" || :; }

# export_errors FILE: what exportfs said, without the warnings that it gives about old defaults.
export_errors() {
  sed -e '/ \[[0-9]*\]: Neither /d' -e '/^  Assuming default behaviour/d' -e '/^  NOTE: /d' -e '/^$/d' -e 's/^exportfs: //' "$1"
}

# note_table NAME PATH-AS-IN-TABLE: keeps what the table says of the path, to see later whether somebody changed it.
note_table() {
  mkdir -p "$state_folder/exports"
  table_of "$2" >"$state_folder/exports/$1"
}

# table_of PATH-AS-IN-TABLE: the table's entries of the path, in one order.
table_of() {
  exportfs -s 2>/dev/null | _path=$1 awk 'index($0, ENVIRON["_path"] "  ") == 1' | sort
}

# table_is_live: whether the table says anything. A server that was stopped has emptied it.
table_is_live() {
  [ "$(exportfs -s 2>/dev/null | head -n 1)" ] ||
    { read -r _threads </proc/fs/nfsd/threads && [ "$_threads" -gt 0 ]; } 2>/dev/null
}
