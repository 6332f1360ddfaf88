# The id by which a machine is told from another at the same address.
machine_id() {
  for file in /etc/machine-id /var/lib/dbus/machine-id /var/lib/labwright/machine-id; do
    [ -s "$file" ] && read -r machine <"$file" && [ "$machine" != uninitialized ] && break
    machine=''
  done
  [ -n "$machine" ] && printf '%s\n' "$machine"
}
