# Keys and certificates.

need_openssl() {
  command -v openssl >/dev/null || fail 'openssl is not installed on this host: install the package openssl'
}

# make_key PATH: a private key that nobody else can read. P-256 is what every TLS client speaks (RFC 8446, 9.1).
make_key() {
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null ||
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
  chmod 0600 -- "$1"
}

# key_problem KEY CERTIFICATE: prints what is wrong with a key; nothing when all is well.
key_problem() {
  if [ ! -f "$1" ] || [ -L "$1" ]; then
    echo 'the key is missing'
    return 0
  fi
  if [ "$(stat -c '%u:%g' -- "$1") $(file_mode "$1")" != '0:0 0600' ]; then
    echo "the key belongs to $(file_owner "$1") with mode $(file_mode "$1") instead of root root with 0600"
  # Without the tool a read still tells the rest.
  elif command -v openssl >/dev/null && ! same_key "$1" "$2"; then
    echo 'the key is not that of the certificate'
  fi
}

# same_key KEY CERTIFICATE
same_key() {
  _of_key=$(openssl pkey -in "$1" -pubout -passin pass: 2>/dev/null) || return 1
  _of_certificate=$(openssl x509 -in "$2" -noout -pubkey 2>/dev/null) || return 1
  [ "$_of_key" = "$_of_certificate" ]
}
