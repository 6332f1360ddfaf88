# An authority: a folder with its key and its certificate.

authority_folder() { printf '%s' "$state_folder/ca/$1"; }

# read_authority NAME: fields certificate and problem; none when there is no authority.
read_authority() {
  _folder=$(authority_folder "$1")
  # Without its key or certificate it is no authority any more.
  if [ ! -s "$_folder/key.pem" ] || [ ! -s "$_folder/certificate.pem" ]; then return 0; fi
  if command -v openssl >/dev/null && ! same_key "$_folder/key.pem" "$_folder/certificate.pem"; then return 0; fi
  field_file certificate "$_folder/certificate.pem"
  field problem "$(key_problem "$_folder/key.pem" "$_folder/certificate.pem")"
}

# make_authority NAME DAYS CONFIG: an authority; one that is there stays, with its key closed to others.
make_authority() {
  need_openssl
  _folder=$(authority_folder "$1")
  if [ -s "$_folder/key.pem" ] && [ -s "$_folder/certificate.pem" ] &&
    same_key "$_folder/key.pem" "$_folder/certificate.pem" &&
    openssl x509 -in "$_folder/certificate.pem" -noout -checkend 0 >/dev/null; then
    chown -- root:root "$_folder" "$_folder/key.pem"
    chmod -- 0600 "$_folder/key.pem"
    chmod -- 0700 "$_folder"
    return 0
  fi
  _new=$_folder@new
  rm -rf -- "$_new"
  mkdir -p -- "$_new"
  make_key "$_new/key.pem"
  openssl req -x509 -new -key "$_new/key.pem" -config "$3" -days "$2" -out "$_new/certificate.pem"
  chmod 0644 "$_new/certificate.pem"
  sync_file "$_new/key.pem" "$_new/certificate.pem"
  rm -rf -- "$_folder"
  mv -- "$_new" "$_folder"
}

# sign NAME MACHINE SUBJECT DAYS: signs $in/request with the extensions in $in/extensions, which come from the program and
# not from the request. Field certificate.
sign() {
  need_openssl
  [ "$(machine_id)" = "$2" ] || fail "this is another machine than the one with the authority $1: run pulumi refresh"
  _folder=$(authority_folder "$1")
  if [ ! -s "$_folder/key.pem" ] || [ ! -s "$_folder/certificate.pem" ]; then
    fail "there is no authority $1 on this host, or its key is lost: run pulumi refresh, so that it is made anew"
  fi
  [ "$(openssl x509 -in "$_folder/certificate.pem" -outform PEM)" = "$(openssl x509 -in "$in/authority" -outform PEM)" ] ||
    fail "the authority $1 has another certificate on this host than the one given: run pulumi refresh"
  openssl x509 -in "$_folder/certificate.pem" -noout -checkend "$(($4 * 86400))" >/dev/null ||
    fail "the authority $1 ends before a certificate of $4 days would: use a smaller validityDays, or replace the authority"
  openssl req -in "$in/request" -noout -verify >/dev/null 2>&1 || fail 'the request is not signed with its own key'
  _subject=$(openssl req -in "$in/request" -noout -subject -nameopt RFC2253)
  _subject=${_subject#subject=}
  [ "${_subject# }" = "$3" ] || fail "the request is for ${_subject# } and not for $3: it was not signed"
  # RFC 5280, 4.1.2.2: positive and at most 20 octets.
  openssl x509 -req -in "$in/request" -CA "$_folder/certificate.pem" -CAkey "$_folder/key.pem" -sha256 -days "$4" \
    -set_serial "0x4$(openssl rand -hex 19)" -extfile "$in/extensions" -extensions certificate \
    -out "$in/certificate" 2>"$in/said" || { cat "$in/said" >&2; exit 1; }
  field_file certificate "$in/certificate"
}
