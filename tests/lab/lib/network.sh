# shellcheck shell=bash
# The rack's network: a switch with no way out, and a cable to every machine.

raise_switch() {
  ip netns list | grep -qw "^$SWITCH" && return
  ip netns add "$SWITCH"
  ip -n "$SWITCH" link set lo up
  ip -n "$SWITCH" link add rack type bridge
  ip -n "$SWITCH" addr add "$OPERATOR_ADDRESS/$NETWORK_BITS" dev rack
  ip -n "$SWITCH" link set rack up
}

lower_switch() { ip netns del "$SWITCH" 2>/dev/null || true; }

# A network namespace for the machine, and its cable in the switch.
plug_in() {
  local name=$1 netns=lab-$1 port
  port=$(port_of "$name")
  ip netns add "$netns"
  ip link add "$port" netns "$SWITCH" type veth peer name eth0 netns "$netns"
  ip -n "$SWITCH" link set "$port" master rack up
  ip -n "$netns" addr add "$(address_of "$name")/$NETWORK_BITS" dev eth0
  ip -n "$netns" link set eth0 up
  ip -n "$netns" link set lo up
  ip -n "$netns" route add default via "$OPERATOR_ADDRESS"
}

unplug() {
  ip netns del "lab-$1" 2>/dev/null || true
  ip -n "$SWITCH" link del "$(port_of "$1")" 2>/dev/null || true
}
