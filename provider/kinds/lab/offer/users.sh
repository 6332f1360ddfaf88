# other_users STACK: a line `STACK KIND PHYSICAL` for each thing in this host's ledger that another stack owns.
other_users() {
  for _entry in "$state_folder"/ledger/*; do
    case $_entry in *.new) continue ;; esac
    [ -f "$_entry" ] || continue
    _owners='' _kind='' _physical=''
    while read -r _name _value _rest; do
      case $_name in
        stack | also) _owners="$_owners $_value" ;;
        kind) _kind=$_value ;;
        physical) _physical=$_value ;;
      esac
    done <"$_entry"
    for _owner in $_owners; do
      if [ "$_owner" != "$1" ]; then echo "$_owner $_kind $_physical"; fi
    done
  done
}
