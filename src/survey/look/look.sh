# Given: what, endpoint_host, endpoint_port (empty without an endpoint), api_host, api_port.

tab=$(printf '\t')

# The line that tells most: a fatal one, else an error, else (with `any`) the last one.
telling_line() {
  fatal=
  error=
  weak=
  last=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      # of a dump of goroutines
      '' | "$tab"* | "goroutine "* | "created by "*) continue ;;
      # what a kubelet says in a container, or outside of Amazon's cloud, and runs all the same
      *oom_score_adj* | *"perf_event cgroup path"* | *"getting AWS credentials"*) continue ;;
      # what every kubelet says while there is no API server
      *"node "*"not found"* | *"Unable to register node"* | *"connection refused"*) weak=$line ;;
      F[0-9][0-9][0-9][0-9]\ * | *panic:* | *'"level":"fatal"'*) fatal=$line ;;
      E[0-9][0-9][0-9][0-9]\ * | *[Ee]rror* | *[Ff]ailed* | *"cannot "*) error=$line ;;
    esac
    last=$line
  done
  [ "$1" = any ] || last=
  line=${fatal:-${error:-${weak:-$last}}}
  [ "$line" ] && printf '%s\n' "$line"
}

# property NAME: out of what `systemctl show` said.
property() {
  case $shown in *"$1="*) ;; *) return ;; esac
  value=${shown##*"$1="}
  printf '%s' "${value%%"$nl"*}"
}

journal() { limit 2 journalctl "$of" -q -n "$1" --no-pager -o cat; }
tail_of_log() { tail -n "$1" "$log"; }

# last_words SOURCE: the telling line of its end. A kubelet that gives up dumps all of its goroutines behind the
# reason (klog's Fatal, until 1.23 or so): some thousand lines.
last_words() {
  end=$("$1" 60)
  case $nl$end in
    *"$nl"goroutine\ * | *"$nl$tab"/*) "$1" 6000 | telling_line ;;
    *) printf '%s\n' "$end" | telling_line ;;
  esac
}

kubelet() {
  state=
  invocation=
  if have systemctl; then
    shown=$(limit 2 systemctl show -p LoadState -p ActiveState -p NRestarts -p InvocationID kubelet)
    state=$(property ActiveState)
    [ "$(property LoadState)" = masked ] && state=masked
    invocation=$(property InvocationID)
    say kubelet.restarts "$(property NRestarts)"
  else
    state=$(kubelet_unit_state)
  fi
  say kubelet.state "$state"
  if have journalctl; then
    # Only what the present try said: the tries before it had other troubles.
    if [ "$invocation" ]; then of=_SYSTEMD_INVOCATION_ID=$invocation; else of=--unit=kubelet; fi
    say kubelet.log "$(last_words journal)"
  else
    for log in /var/log/kubelet/kubelet.log /var/log/kubelet.log; do
      [ -r "$log" ] && say kubelet.log "$(last_words tail_of_log)" && break
    done
  fi
}

kubelet_health() {
  if [ -r /var/lib/kubelet/config.yaml ]; then say kubelet.config yes; else say kubelet.config no; fi
  ask_kubelet
  say kubelet.healthz "$answer"
  [ "$what" = kubelet ] && ready_if
}

ready_if() {
  case $answer in
    ok | open | "http 401" | "http 403") say ready yes ;; # who refuses us to look in is there
    *) say ready no ;;
  esac
}

api_server() {
  ask_health https "$api_host" "$api_port"
  say api.answer "$answer"
  case $answer in
    http*) printf '%s\n' "$body" | while read -r mark _; do
      case $mark in '[-]'*) say api.failing "${mark#???}" ;; esac
    done ;;
  esac
  ready_if
}

endpoint() {
  if [ -z "$endpoint_host" ]; then
    answer=unknown
  else
    ask_health https "$endpoint_host" "$endpoint_port"
  fi
  say endpoint.answer "$answer"
  ready_if
}

# NAME STATE TRY of each container, newest first. Anything that is not crictl's table has no such words in it.
runtime_containers() {
  have crictl || return
  socket=$(runtime_socket)
  [ "$socket" ] || return
  limit 2 crictl --runtime-endpoint "unix://$socket" --timeout 2s ps -a | while IFS= read -r line; do
    for state in Running Exited Created; do
      case $line in
        *" $state "*)
          set -f
          # shellcheck disable=SC2086
          set -- ${line##*" $state "}
          echo "$1 $state $2"
          break
          ;;
      esac
    done
  done
}

# The kubelet keeps a log for each try of a container, whatever the runtime: N.log for try N.
pod_logs() {
  logs=
  for folder in /var/log/pods/kube-system_"$1"-*/"$1"; do
    [ -d "$folder" ] || continue
    [ -z "$logs" ] || [ "$folder" -nt "$logs" ] && logs=$folder
  done
  try=
  [ "$logs" ] && for log in "$logs"/*.log; do
    number=${log##*/}
    number=${number%.log}
    case $number in '' | *[!0-9]*) continue ;; esac
    [ "${try:--1}" -lt "$number" ] && try=$number
  done
}

static_pods() {
  containers=$nl$(runtime_containers)$nl
  for manifest in /etc/kubernetes/manifests/*.yaml; do
    [ -e "$manifest" ] || continue
    name=${manifest##*/}
    name=${name%.yaml}
    say manifest "$name"
    pod_logs "$name"
    state=unknown
    restarts=$try
    case $containers in
      *"$nl$name "*)
        rest=${containers#*"$nl$name "}
        rest=${rest%%"$nl"*}
        state=${rest%% *}
        restarts=${rest##* }
        ;;
    esac
    case $restarts in '' | *[!0-9]*) continue ;; esac
    say container "$name $state $restarts"
    # Why the last try ended, if one did; else how the present one gets on.
    ended=$try
    if [ "$state" != Exited ] && [ "${try:-0}" -gt 0 ] && [ -r "$logs/$((try - 1)).log" ]; then
      ended=$((try - 1))
    fi
    [ -r "$logs/$ended.log" ] || continue
    told=$(tail -n 20 "$logs/$ended.log" | while read -r _ _ _ line; do printf '%s\n' "$line"; done | telling_line any)
    [ "$told" ] && say container.log "$name $told"
  done
}

ports() {
  listening_ports | while read -r port; do
    case $port in 2379 | 6443 | 10250 | "$api_port") say listening "$port" ;; esac
  done
}

say what "$what"
case $what in
  kubelet)
    kubelet &
    kubelet_health &
    ports
    ;;
  api-server)
    say target "https://$api_at"
    kubelet &
    kubelet_health &
    api_server &
    static_pods &
    ports
    ;;
  endpoint)
    say target "$endpoint_at"
    endpoint
    ;;
esac
wait
say end yes
