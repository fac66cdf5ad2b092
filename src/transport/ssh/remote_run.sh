# Functions of the remote run. The console puts variables in front and the call of one of them behind:
#   k_mark  unguessable word that sets our lines apart from a phase's output
#   k_base  where everything is kept; k_base/boot holds a word that changes with every boot
#   k_run   the run's files without their endings, k_base/run/r-KEY: .pid (the claim: runner and its start time),
#           .rc ("run", then the status), .out (output), .was and .now (lists of files, where they are not the same)
#   k_key, k_text, k_from, k_want, k_grace, k_new: see the functions
# POSIX sh; beside the shell's own commands: mkdir, cat, dd, sleep, setsid, rm, grep, ln.

k_say() { printf '\001%s %s\001\n' "$k_mark" "$*"; }
k_end() { k_say end "$@"; exit 0; }

# How the run ended, and whether it changed files.
k_done() {
  [ ! -e "$k_run.now" ] || k_rc="$k_rc files"
  k_end done $k_rc
}

k_ready() {
  [ -d "$k_base/run" ] || k_e=$(umask 077; mkdir -p "$k_base/run" 2>&1) || k_end full "$k_e"
}

k_boot() { read -r k_now <"$k_base/boot"; } 2>/dev/null

# Makes the boot mark k_new unless there is one, and says which one holds.
k_hello() {
  k_ready
  umask 077
  k_e=$( { echo . >"$k_base/room"; } 2>&1)
  k_r=$?
  rm -f "$k_base/room"
  [ "$k_r" = 0 ] || k_end full "$k_e"
  if ! k_boot; then
    k_e=$( { echo "$k_new" >"$k_base/boot.$$" && ln "$k_base/boot.$$" "$k_base/boot"; } 2>&1)
    rm -f "$k_base/boot.$$"
    k_boot || k_end full "$k_e"
  fi
  k_end hello "$k_now"
}

# Sends signal $1 to the follower when standard input is at its end, but never to a stranger with its old number.
k_watch() {
  exec >/dev/null 2>&1
  while read -r k_l; do :; done
  read -r k_l </proc/self/stat
  set -- "$1" ${k_l##*) }
  [ "$3" = "$k_me" ] && kill -s "$1" "$k_me"
}

# Whether the runner lives: a process of that number that started at that time.
k_alive() {
  { read -r k_p k_t <"$k_run.pid"; } 2>/dev/null || { k_p=0; [ "$k_n" -lt 16 ]; return; }
  { read -r k_l <"/proc/$k_p/stat"; } 2>/dev/null || return 1
  set -- ${k_l##*) }
  case $1 in Z | X) return 1 ;; esac
  [ "${20}" = "$k_t" ]
}

# Copies the output from byte k_from on until the status is there. The status is looked for before the rest is read.
# Ends early when the console closes our standard input (3). Descriptor 6 is at its end when the runner is.
k_follow() {
  read -r k_me k_l </proc/self/stat
  k_w= k_v= k_woken=0
  trap 'k_woken=1' USR1
  trap 'kill $k_w $k_v 2>/dev/null; exit 1' TERM
  exec 6<&0 </dev/null
  k_watch TERM <&3 3<&- 6<&- & k_w=$!
  [ "$k_ack" != ok ] || { k_watch USR1 <&6 3<&- 6<&- & k_v=$!; }
  exec 3<&- 6<&-
  k_say out
  k_n=0 k_d=.05 k_open= k_gone=
  while :; do
    k_rc=
    { read -r k_rc <"$k_run.rc"; } 2>/dev/null
    if [ -z "$k_open" ] && [ -e "$k_run.out" ]; then
      exec 5<"$k_run.out"
      k_open=1
      [ "$k_from" = 0 ] || dd bs=1 skip="$k_from" count=0 <&5 >/dev/null 2>&1
    fi
    [ -z "$k_open" ] || [ ! -s "$k_run.out" ] || cat <&5 || break
    case $k_rc in
    '' | run) [ -z "$k_gone" ] || k_rc=lost ;;
    none) k_rc=unknown ;;
    esac
    [ -e "$k_run.pid" ] || k_rc=unknown
    case $k_rc in
    '' | run) ;;
    *)
      trap : TERM
      kill $k_w $k_v 2>/dev/null
      case $k_rc in lost | unknown) k_end $k_rc ;; *) k_done ;; esac
      ;;
    esac
    [ $((k_n % 8)) != 0 ] || k_alive || { k_gone=1; continue; }
    k_n=$((k_n + 1))
    case $k_n in 4) k_d=.1 ;; 12) k_d=.25 ;; esac
    if [ "$k_woken" = 0 ]; then
      sleep "$k_d" </dev/null >/dev/null 2>&1 5<&- &
      wait $!
      case $? in 0) ;; [1-9] | 127) sleep 1 ;; esac
    else
      k_woken=0
    fi
  done
  kill $k_w $k_v 2>/dev/null
  exit 1
}

# Reads the runner's first word from standard input, then follows.
k_begin() {
  read -r k_ack k_e || k_ack=gone
  case $k_ack in
  ok | taken) k_follow ;;
  full) k_end full "$k_e" ;;
  *) k_end nostart "$k_ack $k_e" ;;
  esac
}

# Starts k_text, the runner's program, unless run k_key was started before, in this boot (k_want) only, and follows.
# The program goes through a pipe, never through an argument or a file.
k_start() {
  k_ready
  k_boot
  [ "$k_now" = "$k_want" ] || k_end rebooted
  k_ack=taken
  [ ! -e "$k_run.pid" ] || k_follow
  {
    printf '%s\n' "$k_text" 2>/dev/null 3<&- |
      KUBESTEP_RUN="$k_run:" setsid sh -s kubestep "$k_key" 4>&1 2>&1 3<&- &
  } | k_begin
}

k_attach() {
  k_ack=taken
  [ -e "$k_run.pid" ] || k_end unknown
  k_follow
}

# Whether file $1 holds $2. The shell's read passes over the NUL bytes that busybox's grep stops at.
k_has() {
  while IFS= read -r k_l || [ -n "$k_l" ]; do
    case $k_l in *"$2"*) return 0 ;; esac
  done <"$1"
  return 1
}

# Of the files $2 ..., those that hold $1.
k_grep() {
  if printf 'a\0b' | grep -qF b; then
    k_i=$1
    shift
    grep -lF "$k_i" "$@"
  else
    k_i=$1
    shift
    for k_f; do k_has "$k_f" "$k_i" && echo "$k_f"; done
  fi 2>/dev/null
}

# The living processes of the run but its runner: by the mark in their environment, and by the runner's session.
k_members() {
  k_l=$(
    exec 2>/dev/null
    k_grep "KUBESTEP_RUN=$k_run:" /proc/[0-9]*/environ
    [ -z "$k_lives" ] || [ "$k_p" = 0 ] || grep -lE "\) [^ZX] [0-9]+ [0-9]+ $k_p " /proc/[0-9]*/stat
  )
  k_m=
  for k_i in $k_l; do
    k_i=${k_i#/proc/}
    k_i=${k_i%/*}
    [ "$k_i" = "$k_p" ] || k_m="$k_m $k_i"
  done
}

# Ends the run: TERM, KILL after k_grace tenths of a second. A run that was never started will never be.
k_kill() {
  k_ready
  umask 077
  set -C
  if k_e=$( { { :; } >"$k_run.pid"; } 2>&1); then
    set +C
    { :; } >"$k_run.out"
    echo none >"$k_run.rc"
    k_end unknown
  fi
  set +C
  [ -e "$k_run.pid" ] || k_end full "$k_e"
  k_n=0 k_p=0 k_sent=' '
  while :; do
    k_rc=
    { read -r k_rc <"$k_run.rc"; } 2>/dev/null
    case $k_rc in none) k_end unknown ;; esac
    if [ "$k_n" = 0 ]; then case $k_rc in '' | run) ;; *) k_done ;; esac fi
    k_lives=1
    k_alive || k_lives=
    k_members
    if [ -z "$k_m" ]; then
      case $k_rc in '' | run) ;; *) k_done ;; esac
      [ -n "$k_lives" ] || [ "$k_n" -lt 5 ] || k_end lost
      [ "$k_n" -lt $((k_grace + 40)) ] || { kill -KILL "$k_p" 2>/dev/null; k_end lost; }
    elif [ "$k_n" -ge "$k_grace" ]; then
      kill -KILL $k_m 2>/dev/null
      [ "$k_n" -lt $((k_grace + 100)) ] || k_end lost
    else
      for k_i in $k_m; do
        case $k_sent in *" $k_i "*) ;; *) k_sent="$k_sent$k_i " && kill -TERM "$k_i" 2>/dev/null ;; esac
      done
    fi
    k_n=$((k_n + 1))
    sleep .1 || { sleep 1; k_n=$((k_n + 9)); }
  done
}

# Forgets every run that is over, whoever began it: a console that was killed can't name its runs any more. One that is
# about to begin has an empty claim and no status yet.
k_forget() {
  for k_i in "$k_base"/run/r-*; do
    [ -e "$k_i" ] || continue
    k_run=${k_i%.*} k_n=99
    k_rc=
    { read -r k_rc <"$k_run.rc"; } 2>/dev/null
    case $k_rc in
    '' | run)
      ! k_alive || continue
      [ "$k_p" != 0 ] || [ ! -e "$k_run.pid" ] || continue
      ;;
    esac
    rm -f "$k_run.pid" "$k_run.rc" "$k_run.out" "$k_run.was" "$k_run.now"
  done
  k_end forgotten
}
