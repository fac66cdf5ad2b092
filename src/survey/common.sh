# Shared by the survey's scripts. POSIX sh only: dash, bash, busybox ash.
LC_ALL=C
PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export LC_ALL PATH
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
trap '' HUP # a lost link must not stop us half-way; all of this is over in seconds
nl='
'

# say KEY VALUE: one line, whatever the value holds; nothing for an empty one.
say() { [ -z "$2" ] || printf '%s=%s\n' "$1" "${2%%"$nl"*}"; }
say_each() { while IFS= read -r line || [ -n "$line" ]; do say "$1" "$line"; done; }
yes_no() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
have() { command -v "$1" >/dev/null 2>&1; }
first_line() { # not for /proc/sys, which gives `read` a single byte
  line=
  [ -r "$1" ] && { IFS= read -r line || [ -n "$line" ]; } <"$1" && printf '%s' "$line"
}

# limit SECONDS PROGRAM...: run it, but not for longer.
if timeout -k 1 5 true >/dev/null 2>&1; then
  limit() { timeout -k 1 "$@"; }
elif timeout 5 true >/dev/null 2>&1; then
  limit() { timeout "$@"; }
else
  limit() {
    limit_for=$1
    shift
    "$@" &
    limited=$!
    (
      trap 'kill "$nap"; exit' TERM
      sleep "$limit_for" &
      nap=$!
      wait "$nap"
      kill -9 "$limited"
    ) >/dev/null 2>&1 &
    watcher=$!
    wait "$limited" 2>/dev/null
    limit_rc=$?
    kill "$watcher" 2>/dev/null
    return "$limit_rc"
  }
fi

# takes_tcp HOST PORT: 0 if the port takes a connection, 1 if not, 2 if there is nothing to try with.
takes_tcp() {
  if have bash; then
    # shellcheck disable=SC2016
    limit 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" >/dev/null 2>&1 || return 1
    return 0
  fi
  case $1 in *:*) tcp_at="[$1]:$2" ;; *) tcp_at=$1:$2 ;; esac
  if have curl; then
    limit 3 curl -gs -o /dev/null --connect-timeout 2 --max-time 2 "http://$tcp_at/" >/dev/null 2>&1
    case $? in 6 | 7 | 28 | 124 | 137 | 143) return 1 ;; *) return 0 ;; esac
  fi
  if have wget; then
    tcp_said=$(limit 2 wget -O /dev/null "http://$tcp_at/" 2>&1)
    tcp_rc=$?
    case $tcp_said in *" connected."*) return 0 ;; esac # GNU's says so, and then may try for long
    case $tcp_rc in
      124 | 137 | 143) return 1 ;;
      12[67] | 1[3-9]?) return 2 ;; # it crashed, as Debian's static busybox does
    esac
    case $tcp_said in
      *Usage:*) return 2 ;;
      *"can't connect"* | *refused* | *"bad address"* | *"timed out"* | *nreachable* | *"o route"* | *resolve*) return 1 ;;
      *) return 0 ;;
    esac
  fi
  return 2
}

# kubelet_unit_state: active, inactive, activating or failed.
kubelet_unit_state() {
  if have systemctl; then
    limit 2 systemctl is-active kubelet
  elif have rc-service; then
    case $(limit 2 rc-service kubelet status 2>&1) in
      *started*) echo active ;;
      *crashed*) echo failed ;;
      *starting*) echo activating ;;
      *stopped*) echo inactive ;;
    esac
  fi
}

# listening_ports: TCP ports, one a line; the kernel lists those that listen first.
listening_ports() {
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$table" ] || continue
    while read -r _ local _ state _; do
      case $state in
        st | rem_address) ;;
        0A) echo "$((0x${local##*:}))" ;;
        *) break ;;
      esac
    done <"$table"
  done
}
