# The ledger: one small file a resource in $state_folder/ledger, lines of `NAME VALUE`, values percent-encoded.
#   urn, stack (project/stack), kind, physical   whose it is, and what
#   state      adopting (the original is being kept), pending (a change has begun), done
#   adopted    1 when the thing was there before us
#   previous   URNs that owned it before, and lost it
#   digest     of the inputs applied last
#   wants      what its owner wants of a shared thing
#   also       STACK URN DIGEST WANTS of another stack that shares it, a line each. The thing goes with its last owner

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
    if [ "$wants" ]; then echo "wants $wants"; fi
    if [ "$also" ]; then echo "$also"; fi
  } >"$ledger_entry.new"
  sync_file "$ledger_entry.new"
  mv -f "$ledger_entry.new" "$ledger_entry"
}

# _read_owners: sets mine to the URN that owns it for this stack, and also to the lines of the other stacks.
_read_owners() {
  mine='' also=''
  _sort_owner "$(ledger_get stack)" "$(ledger_get urn)" "$(ledger_get digest)" "$(ledger_get wants)"
  while read -r _name _one _two _three _four; do
    if [ "$_name" = also ]; then _sort_owner "$_one" "$_two" "$_three" "$_four"; fi
  done <"$ledger_entry"
}

_newline='
'
_sort_owner() {
  if [ "$1" = "$stack" ]; then mine=$2
  # The stack under its former name: its URNs differ in their first part alone.
  elif [ "$_renamed" = 1 ] && [ "${2#*%3A%3A}" = "${urn#*%3A%3A}" ]; then mine=$2
  else also=$also${also:+$_newline}"also $1 $2 $3 $4"; fi
}

# ledger_hand_over: the entry without us. Its next owner comes to the front.
ledger_hand_over() (
  _state=$(ledger_get state)
  read -r _name stack urn digest wants <<END
$also
END
  case $also in
    *"$_newline"*) also=${also#*"$_newline"} ;;
    *) also='' ;;
  esac
  ledger_put "$_state"
)

# refuse WHY [OWNER] [WANTS]: ends the script before anything is touched; the caller words the error.
refuse() {
  field refused "$1"
  field owner "${2-}"
  field wants "${3-}"
  exit 79
}

# claim: makes this resource's entry ours, or refuses. Sets adopted, and interrupted (an earlier change was cut short).
# $known is 1 when Pulumi's state has the resource, $adopt as the user says, $shared is 1 when what exists already is used
# without asking, and together with other stacks that want the same of it.
claim() {
  adopted=0 interrupted=0 previous='' also='' _state='' _renamed=0
  ledger_entry=$state_folder/ledger/$key
  if [ -e "$ledger_entry" ]; then
    _state=$(ledger_get state) adopted=$(ledger_get adopted) previous=$(ledger_get previous)
    _read_owners
    if [ -z "$mine" ] && [ "$shared$known$adopt" = 111 ]; then
      _renamed=1
      _read_owners
    fi
    if [ "$mine" ]; then
      if [ "$mine" != "$urn" ]; then
        [ $((known + adopt)) -gt 0 ] || refuse owned "$mine"
        previous="$previous $mine"
      fi
    elif [ "$shared" = 0 ]; then
      _owner=$(ledger_get urn)
      [ $((known * adopt)) -gt 0 ] || refuse owned "$_owner"
      previous="$previous $_owner" also=''
    fi
    _agree
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

# _agree: refuses what another owner wants to be otherwise, unless the user says adopt.
_agree() {
  [ "$also" ] && [ "$wants" ] && [ "$adopt" = 0 ] || return 0
  while read -r _name _one _two _three _four; do
    case $_four in '' | "$wants") ;; *) refuse wants "$_two" "$_four" ;; esac
  done <<END
$also
END
}

# may_release: whether a delete is ours to carry out. The entry may carry a former name of the same resource (an alias),
# but not that of one which took the thing over. Sets adopted and interrupted as claim does, and also.
may_release() {
  adopted=0 interrupted=0 previous='' also='' _renamed=0
  ledger_entry=$state_folder/ledger/$key
  [ -e "$ledger_entry" ] || return 0
  adopted=$(ledger_get adopted) previous=$(ledger_get previous)
  [ "$(ledger_get state)" = done ] || interrupted=1
  _read_owners
  [ "$mine" ] || return 1
  [ "$mine" != "$urn" ] || return 0
  case " $previous " in *" $urn "*) return 1 ;; esac
}
