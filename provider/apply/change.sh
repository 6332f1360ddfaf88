# run_change: claims the thing, runs apply() and settles the ledger. The text of a change runs in a subshell of its own,
# in which any failing command ends it.
run_change() {
  claim
  set +e
  (
    set -e
    apply
  ) 9>&-
  _code=$?
  if [ "$_code" != 0 ]; then
    # Nothing came of it: the name is free again, or what it was to the other owners alone.
    if [ "$known" = 0 ]; then
      if [ "$also" ]; then ledger_hand_over
      elif [ "$adopted" = 0 ] && ! exists; then rm -f "$ledger_entry"; fi
    fi
    exit "$_code"
  fi
  set -e
  want_activation
  [ -e "$in/.unfinished" ] || [ "$(ledger_get state)" = done ] || ledger_put done
}

# run_release: takes the thing away and forgets it, unless another resource owns it by now, or another stack as well.
run_release() {
  if ! may_release; then
    field released 0
    exit 0
  fi
  if [ "$also" ]; then
    ledger_hand_over
    field released 0
    field owner "$(ledger_get stack)"
    exit 0
  fi
  if [ -e "$ledger_entry" ]; then ledger_put pending; fi
  set +e
  (
    set -e
    apply
  ) 9>&-
  _code=$?
  [ "$_code" = 0 ] || exit "$_code"
  set -e
  want_activation
  rm -f "$ledger_entry" "$state_folder/originals/$key"
  field released 1
}

# unfinished: says that a further change of the same apply finishes the job; until then the ledger says pending.
unfinished() {
  ledger_put pending
  : >"$in/.unfinished"
}

# keep_running: says that the service could not be reloaded or restarted now, not even for an earlier run that was cut
# short: its configuration is broken for another reason.
keep_running() { : >"$in/.keep-running"; }

# changed: says that something was really changed, for the reload.
changed() { : >"$in/.changed"; }
