# Marked lines of pg_hba.conf. A mark is the end of a line: ` # labwright ORDER TAG`.

hba_header="# Lines that end in a mark of labwright are kept by it, and come first; the others are left alone."

# hba_file: prints the path of the file that the server reads.
hba_file() {
  echo 'show hba_file;' >"$in/.hba"
  pg_sql postgres "$in/.hba"
}

# hba_lines FILE TAG: the marked lines with this tag.
hba_lines() {
  tag=$2 awk 'match($0, / # labwright [0-9]+ [^ ]+$/) { split(substr($0, RSTART), mark, " "); if (mark[4] == ENVIRON["tag"]) print }' "$1"
}

# hba_with FILE TAG [LINE-FILE]: prints the file with that line in the place of those with the tag.
hba_with() {
  tag=$2 header=$hba_header awk -v rest="$in/.rest" '
    BEGIN { printf "" >rest }
    $0 == ENVIRON["header"] { next }
    match($0, / # labwright [0-9]+ [^ ]+$/) {
      split(substr($0, RSTART), mark, " ")
      if (mark[4] != ENVIRON["tag"]) print mark[3] "\t" $0
      next
    }
    { print >rest }' "$1" >"$in/.marked"
  if [ "${3-}" ]; then
    awk 'match($0, / # labwright [0-9]+ [^ ]+$/) { split(substr($0, RSTART), mark, " "); print mark[3] "\t" $0 }' "$3" >>"$in/.marked"
  fi
  if [ -s "$in/.marked" ]; then
    printf '%s\n' "$hba_header"
    sort -t "$(printf '\t')" -k 1,1n -k 2 "$in/.marked" | cut -f 2-
  fi
  cat "$in/.rest"
}

# hba_write FILE SOURCE [CHECK]: see write_file; owner and mode stay.
hba_write() {
  _owner=$(file_owner "$1")
  write_file "$1" "${_owner% *}" "${_owner#* }" "$(file_mode "$1")" "$2" "${3-}"
}
