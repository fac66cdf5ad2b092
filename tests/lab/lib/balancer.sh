# shellcheck shell=bash
# allyrion: HAProxy before the API servers, as on the goldentooth rack.

BALANCER_HOME=$LAB_HOME/allyrion

write_balancer_config() {
  cat <<CONFIG
global
  maxconn 4096
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
frontend kubernetes
  bind $(address_of allyrion):6443
  default_backend control-planes
backend control-planes
  option httpchk GET /healthz
  http-check expect status 200
  default-server check check-ssl verify none inter 1s fall 2 rise 1
CONFIG
  local member
  while IFS= read -r member; do
    is_control_plane "$(name_of "$member")" && printf '  server %s %s:6443\n' "$(name_of "$member")" "${member#*:}"
  done <"$RACK_FILE"
  return 0
}

raise_balancer() {
  mkdir -p "$BALANCER_HOME"
  plug_in allyrion
  write_balancer_config >"$BALANCER_HOME/haproxy.cfg"
  ip netns exec lab-allyrion haproxy -D -p "$BALANCER_HOME/haproxy.pid" -f "$BALANCER_HOME/haproxy.cfg"
}

lower_balancer() {
  kill "$(cat "$BALANCER_HOME/haproxy.pid" 2>/dev/null)" 2>/dev/null || true
  unplug allyrion
}
