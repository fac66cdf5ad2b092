# ask SCHEME HOST PORT PATH: sets `answer` (see look/mod.rs) and `body`.
ask() {
  case $2 in *:*) ask_at="[$2]:$3" ;; *) ask_at=$2:$3 ;; esac
  answer=unknown
  body=
  if have curl; then
    body=$(limit 2 curl -gsSk --noproxy '*' --connect-timeout 1.5 --max-time 1.8 -w '\nHTTP/1.1 %{http_code}' "$1://$ask_at$4" 2>&1)
    case $? in
      0) judge_status ;;
      6) answer=no-name ;;
      7) judge_words refused ;;
      28 | 124 | 137 | 143) answer=timeout ;;
      52 | 55 | 56) answer=closed ;;
      *) judge_words tls ;;
    esac
  elif have wget; then
    case $(wget --help 2>&1) in
      *BusyBox*) body=$(limit 2 wget -S -O - --no-check-certificate "$1://$ask_at$4" 2>&1) ;;
      *) body=$(limit 2 wget -S -T 2 -t 1 -O - --no-proxy --no-check-certificate --content-on-error "$1://$ask_at$4" 2>&1) ;;
    esac
    case $? in
      124 | 137 | 143) answer=timeout ;;
      12[67] | 1[3-9]?) ;; # it crashed
      *) judge_status || judge_words unknown ;;
    esac
  elif [ "$1" = https ] && have openssl; then
    body=$(printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$4" "$ask_at" | limit 2 openssl s_client -quiet -connect "$ask_at" 2>&1)
    case $? in
      124 | 137 | 143) judge_status || answer=timeout ;;
      *) judge_status || judge_words tls ;;
    esac
  elif [ "$1" = http ] && have bash; then
    # shellcheck disable=SC2016
    body=$(limit 2 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "GET %s HTTP/1.0\r\n\r\n" "$2" >&3 && cat <&3' "$2" "$3" "$4" 2>&1)
    case $? in
      124 | 137 | 143) answer=timeout ;;
      *) judge_status || judge_words closed ;;
    esac
  fi
  if [ "$answer" = unknown ]; then
    takes_tcp "$2" "$3"
    case $? in 0) answer=open ;; 1) answer=refused ;; esac
  fi
}

# The last status line in `body`, if there is one.
judge_status() {
  case $body in *"HTTP/1."[01]" "[1-5][0-9][0-9]*) ;; *) return 1 ;; esac
  status=${body##*HTTP/1.[01] }
  status=${status%"${status#???}"}
  if [ "$status" = 200 ]; then answer=ok; else answer="http $status"; fi
}

# The programs' own words for what went wrong, or else $1.
judge_words() {
  case $body in
    *efused* | *errno=111*) answer=refused ;;
    *"timed out"* | *errno=110*) answer=timeout ;;
    *"bad address"* | *"unable to resolve"* | *"not known"* | *"not resolve"*) answer=no-name ;;
    *nreachable* | *"o route to"*) answer=timeout ;;
    *SYSCALL* | *eset* | *eof* | *EOF* | *"non-properly terminated"* | *"in the pull function"* | *"in the push function"* | *losed* | *"getting response"* | *errno=104*) answer=closed ;;
    *"establish SSL"*) answer=tls ;;
    *) answer=$1 ;;
  esac
}

# ask_health SCHEME HOST PORT: /livez, which API servers have had since 1.16, or else /healthz.
ask_health() {
  ask "$1" "$2" "$3" /livez
  [ "$answer" = "http 404" ] && ask "$1" "$2" "$3" /healthz
}

# The kubelet's own health port is in its configuration where it is not 10248.
ask_kubelet() {
  port=10248
  [ -r /var/lib/kubelet/config.yaml ] && while read -r name value _; do
    [ "$name" = healthzPort: ] && port=$value
  done </var/lib/kubelet/config.yaml
  ask http 127.0.0.1 "$port" /healthz
}
