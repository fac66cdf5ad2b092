# The detached runner of one run: $1 its folder, $2 its key; the text on standard input, closed by a line #KEY;
# descriptor 4 tells the follower how the start went, and by its end that the run is over.
trap : HUP INT QUIT TERM
umask 077
k_d=$1 k_k=$2
k_t=$(cat)
case $k_t in
*"
#$k_k") ;;
*)
  echo short >&4
  exit
  ;;
esac
if ! k_e=$(mkdir "$k_d" 2>&1); then
  if [ -d "$k_d" ]; then echo taken >&4; else echo full "$k_e" >&4; fi
  exit
fi
read -r k_l </proc/self/stat
k_p=${k_l%% *}
set -- ${k_l##*) }
if ! { echo "$k_p ${20}" >"$k_d/pid" && echo run >"$k_d/rc" && : >"$k_d/out"; } 2>/dev/null; then
  k_e=$( { echo run >"$k_d/rc"; } 2>&1)
  rm -rf "$k_d"
  echo full "$k_e" >&4
  exit
fi
echo ok >&4
exec </dev/null >/dev/null 2>&1
cd /
(
  exec 4>&- >>"$k_d/out" 2>&1
  umask 022
  k_base=${k_d%/run/*}
  eval "set --; unset k_t k_e k_l k_p k_d k_k
$k_t"
)
k_r=$?
printf '%3d\n' "$k_r" 1<>"$k_d/rc"
