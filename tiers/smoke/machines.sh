# Two machines on one wire, to be sourced. Each is a process that holds a network and, where that is allowed, a mount
# namespace of its own: no name on the node, no mount, no address that others could see. What dies with its process
# needs no cleaning up, even after a KILL, and any number of pairs can stand side by side.

LC_ALL=C
export LC_ALL

PATH=$PATH:/usr/sbin:/sbin
one_address=192.0.2.1
two_address=192.0.2.2
machine_pids=""
# Some containers allow network namespaces, but no mounts.
namespaces="--net --mount"

# skip REASON: this node cannot do it, which says nothing about the test.
skip() {
  echo "skipped: $*"
  because "$*"
  exit 77
}

# fail REASON
fail() {
  echo "FAIL: $*"
  because "$*"
  exit 1
}

# because REASON: the line that stands beside the verdict.
because() {
  [ -z "${SORTIE_REASON:-}" ] || echo "$*" >"$SORTIE_REASON"
}

# needs TOOL...: or skip.
needs() {
  for tool; do
    command -v "$tool" >/dev/null || skip "this node has no $tool"
  done
}

# power_off: ends the machines and whatever runs in them. For a trap on EXIT.
power_off() {
  for pid in $machine_pids; do kill "$pid" 2>/dev/null; done
  for pid in $machine_pids; do wait "$pid" 2>/dev/null; done
  machine_pids=""
}

# boot: starts a machine and sets `booted` to its process. It is up when it has said so through the FIFO.
boot() {
  mkfifo booted.fifo || exit 1
  # shellcheck disable=SC2086
  unshare $namespaces sh -c '
    echo up >booted.fifo
    exec sleep 3600' </dev/null &
  booted=$!
  machine_pids="$machine_pids $booted"
  read -r _ <booted.fifo
  rm booted.fifo
}

# become MACHINE COMMAND...: replaces this shell with a command on a machine, so that `become … &` has its process id.
become() {
  machine=$1
  shift
  # shellcheck disable=SC2086
  exec nsenter --target "$machine" $namespaces --wd="$PWD" -- "$@"
}

# on MACHINE COMMAND...: runs a command on a machine.
on() {
  (become "$@")
}

# power_on: boots two machines, `one` and `two`, and joins them with a wire that is still down.
power_on() {
  needs ip ping unshare nsenter mkfifo
  [ "$(id -u)" -eq 0 ] || skip "only root may make network namespaces here"
  # shellcheck disable=SC2086
  unshare $namespaces true 2>/dev/null || namespaces="--net"
  unshare --net true 2>/dev/null || skip "this node lets nobody make network namespaces"

  trap power_off EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  boot
  one=$booted
  boot
  two=$booted
  ip link add wire0 netns "$one" type veth peer name wire0 netns "$two" ||
    skip "this node lets nobody make virtual links"
  on "$one" ip link set lo up
  on "$two" ip link set lo up
  on "$one" ping -c 1 -W 2 127.0.0.1 >/dev/null 2>&1 || skip "ping is not permitted on this node"
  echo "two machines are up: one is process $one, two is process $two"
}

# plug_in MACHINE ADDRESS
plug_in() {
  on "$1" ip address add "$2/24" dev wire0 && on "$1" ip link set wire0 up
}

# await SECONDS COMMAND...: until it succeeds.
await() {
  left=$(($1 * 10))
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.1
  done
}
