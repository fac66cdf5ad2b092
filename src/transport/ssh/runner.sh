# The detached runner of one run: $1 its folder, $2 its key; the text on standard input, closed by a line #KEY;
# descriptor 4 tells the follower how the start went, and by its end that the run is over.
trap : HUP INT QUIT TERM
umask 077
k_t=$(cat)
case $k_t in
*"
#$2") ;;
*)
  echo short >&4
  exit
  ;;
esac
if ! k_e=$(mkdir "$1" 2>&1); then
  if [ -d "$1" ]; then echo taken >&4; else echo full "$k_e" >&4; fi
  exit
fi
read -r k_l </proc/self/stat
k_p=${k_l%% *}
k_s=$(set -- ${k_l##*) } && echo "${20}")
if ! k_e=$( { echo "$k_p $k_s" >"$1/pid" && echo run >"$1/rc" && : >"$1/out"; } 2>&1); then
  rm -rf "$1"
  echo full "$k_e" >&4
  exit
fi
echo ok >&4
exec </dev/null >/dev/null 2>&1
cd /
(
  exec 4>&- >>"$1/out" 2>&1
  umask 022
  k_base=${1%/run/*}
  eval "set --; unset k_t k_e k_l k_p k_s
$k_t"
)
k_r=$?
printf '%3d\n' "$k_r" 1<>"$1/rc"
