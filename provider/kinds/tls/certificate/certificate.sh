# Certificates in use. $tls/NAME is a link to the folder $tls/NAME@SERIAL with key.pem and certificate.pem: a renewal makes
# a new folder and moves the link, so that nobody ever sees a key beside another key's certificate.

tls=/etc/ssl/labwright

# read_certificate NAME: fields certificate and problem; none when there is no certificate.
read_certificate() {
  _folder=$tls/$1
  [ -s "$_folder/certificate.pem" ] || return 0
  field_file certificate "$_folder/certificate.pem"
  _problem=$(key_problem "$_folder/key.pem" "$_folder/certificate.pem")
  _is=$(stat -L -c '%u:%g' -- "$_folder/certificate.pem")\ $(stat -L -c %a -- "$_folder/certificate.pem")
  if [ "$_is" != '0:0 644' ]; then
    _problem="${_problem:+$_problem; }the certificate belongs to $(file_owner "$_folder/certificate.pem") with mode $(file_mode "$_folder/certificate.pem") instead of root root with 0644"
  fi
  field problem "$_problem"
}

# request NAME CONFIG EMPTY: a new key and a request for it, beside the certificate in use. Field request.
request() {
  need_openssl
  (umask 022 && mkdir -p -- "$tls")
  _new=$tls/$1@new
  rm -rf -- "$_new"
  mkdir -m 0755 -- "$_new"
  make_key "$_new/key.pem"
  if [ "$3" = 1 ]; then set -- "$1" "$2" -subj /; else set -- "$1" "$2"; fi
  _config=$2
  shift 2
  openssl req -new -key "$_new/key.pem" -config "$_config" "$@" -out "$_new/request.pem"
  field_file request "$_new/request.pem"
}

# install NAME SERIAL: takes $in/certificate into use, with the key that `request` made, once both are proven to fit.
install() {
  _new=$tls/$1@new _link=$tls/$1
  same_key "$_new/key.pem" "$in/certificate" || fail "the signed certificate is not for the key that was made for it"
  openssl verify -CAfile "$in/authority" "$in/certificate" >"$in/verdict" 2>&1 || {
    cat "$in/verdict" >&2
    fail 'the authority did not sign this certificate'
  }
  cat "$in/certificate" "$in/authority" >"$_new/certificate.pem"
  chmod 0644 "$_new/certificate.pem"
  rm -f -- "$_new/request.pem"
  sync_file "$_new/key.pem" "$_new/certificate.pem"
  rm -rf -- "$_link@$2" "$_link@link"
  mv -- "$_new" "$_link@$2"
  ln -s -- "${_link##*/}@$2" "$_link@link"
  if [ -d "$_link" ] && [ ! -L "$_link" ]; then
    # Somebody else's folder, adopted: it comes back when this certificate is deleted.
    mkdir -p -- "$state_folder/originals"
    if [ -e "$state_folder/originals/$key.folder" ]; then rm -rf -- "$_link"; else mv -- "$_link" "$state_folder/originals/$key.folder"; fi
  fi
  mv -f -T -- "$_link@link" "$_link"
  for _old in "$_link"@*; do
    if [ "$_old" != "$_link@$2" ]; then rm -rf -- "$_old"; fi
  done
  changed
}

# delete_certificate NAME
delete_certificate() {
  _link=$tls/$1
  if [ -L "$_link" ] || [ "$adopted" = 0 ]; then rm -rf -- "$_link"; fi
  rm -rf -- "$_link"@*
  if [ -e "$state_folder/originals/$key.folder" ]; then mv -- "$state_folder/originals/$key.folder" "$_link"; fi
}
