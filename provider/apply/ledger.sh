# The ledger: one small file a resource in $state_folder/ledger, lines of `NAME VALUE`, values percent-encoded.
#   urn, stack (project/stack), kind, physical   whose it is, and what
#   state      adopting (the original is being kept), pending (a change has begun), done
#   adopted    1 when the thing was there before us
#   previous   URNs that owned it before, and lost it
#   digest     of the inputs applied last

# ledger_get NAME: a value of this resource's entry; empty when there is none.
ledger_get() {
  [ -e "$ledger_entry" ] || return 0
  while read -r _name _value; do
    if [ "$_name" = "$1" ]; then printf '%s' "$_value"; fi
  done <"$ledger_entry"
}

# ledger_put STATE: writes this resource's entry in one step.
ledger_put() {
  [ -d "$state_folder/ledger" ] || mkdir -p "$state_folder/ledger"
  {
    echo "urn $urn"
    echo "stack $stack"
    echo "kind $kind"
    echo "physical $physical"
    echo "state $1"
    echo "adopted $adopted"
    echo "previous $previous"
    echo "digest $digest"
  } >"$ledger_entry.new"
  sync_file "$ledger_entry.new"
  mv -f "$ledger_entry.new" "$ledger_entry"
}

# refuse WHY [OWNER]: ends the script before anything is touched; the caller words the error.
refuse() {
  field refused "$1"
  field owner "${2-}"
  exit 79
}

# claim: makes this resource's entry ours, or refuses. Sets adopted, and interrupted (an earlier change was cut short).
# $known is 1 when Pulumi's state has the resource, $adopt as the user says, $shared is 1 when what exists already is used
# without asking.
claim() {
  adopted=0 interrupted=0 previous='' _state=''
  ledger_entry=$state_folder/ledger/$key
  if [ -e "$ledger_entry" ]; then
    _owner=$(ledger_get urn) _stack=$(ledger_get stack) _state=$(ledger_get state)
    adopted=$(ledger_get adopted) previous=$(ledger_get previous)
    if [ "$_owner" != "$urn" ]; then
      if [ "$_stack" = "$stack" ]; then _may=$((known + adopt)); else _may=$((known * adopt)); fi
      [ "$_may" -gt 0 ] || refuse owned "$_owner"
      previous="$previous $_owner"
    fi
    [ "$_state" = done ] || interrupted=1
    if [ "$_state" = adopting ]; then adopting; fi
  elif [ "$known" = 0 ] && exists; then
    [ "$adopt" = 1 ] || [ "$shared" = 1 ] || refuse exists
    adopted=1
    ledger_put adopting
    adopting
  fi
  # Also when the inputs are those of last time: somebody may have changed the thing by hand, and this repairs it.
  ledger_put pending
}

# may_release: whether a delete is ours to carry out. The entry may carry a former name of the same resource (an alias),
# but not that of one which took the thing over. Sets adopted and interrupted as claim does.
may_release() {
  adopted=0 interrupted=0 previous=''
  ledger_entry=$state_folder/ledger/$key
  [ -e "$ledger_entry" ] || return 0
  adopted=$(ledger_get adopted) previous=$(ledger_get previous)
  [ "$(ledger_get state)" = done ] || interrupted=1
  [ "$(ledger_get urn)" != "$urn" ] || return 0
  [ "$(ledger_get stack)" = "$stack" ] || return 1
  case " $previous " in *" $urn "*) return 1 ;; esac
}
