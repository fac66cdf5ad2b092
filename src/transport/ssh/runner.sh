# The detached runner of one run. In front the console puts k_run (see remote_run.sh), k_base, k_text and k_watched. Descriptor 4
# tells the follower how the start went, and by its end that the run is over. To create k_run.pid is the claim.
exec </dev/null
trap : HUP INT QUIT TERM
umask 077
set -C
if ! { :; } 2>/dev/null >"$k_run.pid"; then
  if [ -e "$k_run.pid" ]; then
    echo taken >&4
  else
    k_e=$( { { :; } >"$k_run.pid"; } 2>&1)
    echo full "$k_e" >&4
  fi
  exit
fi
set +C
read -r k_l </proc/self/stat
set -- ${k_l##*) }
if ! { echo "${k_l%% *} ${20}" >"$k_run.pid" && echo run >"$k_run.rc" && { :; } >"$k_run.out"; } 2>/dev/null; then
  k_e=$( { echo run >"$k_run.rc"; } 2>&1)
  rm -f "$k_run.pid" "$k_run.rc" "$k_run.out"
  echo full "$k_e" >&4
  exit
fi
echo ok >&4
exec >/dev/null 2>&1
cd /
k_was=
[ -z "$k_watched" ] || k_was=$(k_list)
(
  exec 4>&- >>"$k_run.out" 2>&1
  umask 022
  eval "set --; unset k_text k_l k_run k_was k_watched
$k_text"
)
k_r=$?
# What changed is for whoever asks; a list that was cut off tells nothing.
case $k_was in
*end)
  k_now=$(k_list)
  case $k_now in
  "$k_was") ;;
  *end) { printf '%s\n' "$k_was" >"$k_run.was" && printf '%s\n' "$k_now" >"$k_run.now"; } 2>/dev/null ;;
  esac
  ;;
esac
printf '%3d\n' "$k_r" 1<>"$k_run.rc"
