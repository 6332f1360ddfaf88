# The agent: one POSIX sh per host, fed on stdin over one SSH connection. Frames come in, framed results go out.
#
# client to agent                                             agent to client
#   prelude LEN\n bytes end prelude\n                           ready NONCE READER MACHINE-ID\n
#   run ID LANE LIMIT SCRIPTLEN INPUTLEN\n bytes end ID\n       res ID CODE OUTLEN ERRLEN\n bytes end ID\n
#   kill ID SIGNAL\n
#
# A frame acts only once its trailer has arrived, so a cut connection never runs half a script. A lane runs its scripts
# one after the other; the lanes run side by side. One writer sends the results, so two never interleave.
agent() {
  for base in /run /dev/shm /tmp; do
    # What an agent that was killed left behind.
    for old in "$base"/labwright.agent.*; do
      [ -d "$old" ] && [ -O "$old" ] && read -r pid <"$old/agent" && ! kill -0 "$pid" && rm -rf "$old"
    done 2>/dev/null
    work=$(mktemp -d "$base/labwright.agent.XXXXXX" 2>/dev/null) && break
  done
  [ -d "$work" ] || { echo 'no folder for temporary files: /run, /dev/shm and /tmp refuse one' >&2; exit 73; }
  umask 077
  echo $$ >"$work/agent"
  cd / || exit 73
  trap 'rm -rf "$work"' EXIT
  trap 'exit 143' HUP INT TERM
  trap '' PIPE

  # take N: exactly N bytes of stdin and not one more. Some versions of head read ahead, so the choice is tried out.
  take() { head -c "$1"; }
  exact() { [ "$(printf abcdefg | { take 3 >/dev/null; cat; })" = defg ]; }
  reader=head
  exact || {
    reader=dd
    take() {
      {
        dd bs=65536 count=$(($1 / 65536)) iflag=fullblock &&
          { [ $(($1 % 65536)) = 0 ] || dd bs=$(($1 % 65536)) count=1 iflag=fullblock; }
      } 2>/dev/null
    }
  }
  exact || {
    reader=slow
    take() { dd bs=1 count="$1" 2>/dev/null; }
  }

  # The name of a process group for kill, where a script can have one of its own.
  if command -v setsid >/dev/null; then group=setsid sign=-; else group='' sign=''; fi
  complete() { read -r word name && [ "$word $name" = "end $1" ]; }
  signal() { read -r pid limit <"$work/$2.pid" && kill -s "$1" -- "$sign$pid"; } 2>/dev/null

  lane() {
    while read -r id limit; do
      if [ -e "$work/closing" ]; then
        rm -f "$work/$id".*
        continue
      fi
      $group sh "$work/$id.sh" "$work" "$id" </dev/null >"$work/$id.out" 2>"$work/$id.err" \
        8>&- &
      echo "$! $limit" >"$work/$id.pid"
      { wait $!; } 2>/dev/null
      echo "$?" >"$work/$id.code"
      rm -f "$work/$id.pid"
      echo "$id" >&8
    done
  }

  writer() {
    while read -r id; do
      read -r code <"$work/$id.code"
      out=$(($(wc -c <"$work/$id.out"))) err=$(($(wc -c <"$work/$id.err")))
      {
        printf 'res %s %s %s %s\n' "$id" "$code" "$out" "$err"
        # A process that outlived its script may still write to the files: exactly the announced bytes.
        [ "$out" = 0 ] || head -c "$out" "$work/$id.out"
        [ "$err" = 0 ] || head -c "$err" "$work/$id.err"
        printf 'end %s\n' "$id"
      } 2>/dev/null
      rm -rf "$work/$id".*
    done
  }

  # A FIFO opened for reading and writing never blocks. Lanes and writer only read theirs, so they end with the agent,
  # however that ends. exec, because dash keeps a copy of what a redirection of a function closes.
  for fd in 3 4 5 6 7 8; do
    mkfifo "$work/fifo.$fd" || exit 73
    eval "exec $fd<>\"\$work/fifo.$fd\""
  done
  for fd in 3 4 5 6 7; do
    (
      exec <"$work/fifo.$fd" 3>&- 4>&- 5>&- 6>&- 7>&-
      lane
    ) &
  done
  (
    exec <"$work/fifo.8" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&-
    writer
  ) &

  id=$(machine_id) || id=-
  printf '\nready %s %s %s\n' "$1" "$reader" "$id"

  while read -r operation id a b c d; do
    case $operation in
      run)
        take "$c" >"$work/$id.sh" || break
        [ "$d" = 0 ] || take "$d" >"$work/$id.in" || break
        complete "$id" || break
        echo "$id $b" >&"$((a + 2))"
        ;;
      prelude)
        take "$id" >"$work/prelude" && complete prelude || break
        ;;
      kill) signal "$a" "$id" ;;
      *) break ;;
    esac
  done

  # The client is gone. What runs may finish within its limit; what waits is dropped.
  : >"$work/closing"
  exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&-
  seconds=0
  while :; do
    running=''
    for file in "$work"/*.pid; do
      [ -e "$file" ] || continue
      running=1 id=${file##*/} id=${id%.pid}
      read -r pid limit <"$file" 2>/dev/null || continue
      [ "$seconds" -lt "$limit" ] || signal TERM "$id"
      [ "$seconds" -lt $((limit + 3)) ] || signal KILL "$id"
    done
    [ -n "$running" ] || break
    sleep 1
    seconds=$((seconds + 1))
  done
  wait
}
