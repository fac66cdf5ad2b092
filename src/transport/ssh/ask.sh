# A short request, k_text: its output between our lines on both streams, its status in the last line.
# When the console goes away, what it asked for ends too: sshd gives every command a process group of its own.
k_ask() {
  (
    exec >/dev/null 2>&1
    while read -r k_l; do :; done
    kill -TERM 0
  ) <&3 3<&- &
  k_w=$!
  exec 3<&-
  k_say out
  k_say out >&2
  (
    umask 022
    eval "unset k_mark k_text k_w
$k_text"
  )
  k_r=$?
  trap : TERM
  kill "$k_w" 2>/dev/null
  k_say end "$k_r" >&2
  k_end "$k_r"
}
