export LC_ALL=C HOME=/root
base=${k_base:-/run/kubestep}
mkdir -p "$base" || exit
limit=@SECONDS@
waiting() { echo "[kubestep] another kubeadm of kubestep runs on this node; waiting up to $limit s for it" >&2; }
late() { echo "[kubestep] the other kubeadm did not end within $limit s; see $base/lock" >&2; exit 75; }
if command -v flock >/dev/null 2>&1; then
  exec 9>>"$base/lock" || exit
  flock -n 9 || {
    waiting
    while ! flock -n 9; do
      limit=$((limit - 1))
      [ "$limit" -gt 0 ] || { limit=@SECONDS@; late; }
      sleep 1 9>&-
    done
  }
else
  holds() { read -r holder <"$base/lock.d/pid" && kill -0 "$holder"; } 2>/dev/null
  said=
  until mkdir "$base/lock.d" 2>/dev/null; do
    if holds; then
      [ -n "$said" ] || waiting
      said=1
    elif [ "$((limit % 3))" = 0 ]; then
      rm -rf "$base/lock.d"
    fi
    limit=$((limit - 1))
    [ "$limit" -gt 0 ] || { limit=@SECONDS@; late; }
    sleep 1
  done
  read -r me rest </proc/self/stat
  echo "$me" >"$base/lock.d/pid"
  trap 'rm -rf "$base/lock.d"' EXIT
  trap 'exit 143' TERM INT HUP
fi
kubeadm @ARGS@ </dev/null 9>&-
