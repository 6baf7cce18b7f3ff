"""Prints what a room may import: its dependencies in the manifest, and the system's own modules."""
import json
import sys

SYSTEM = {"Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization"}
# Foundation's locale parts are tens of megabytes: nothing that the agent is made of may use them.
AGENT = {"Model", "Wire", "Drivers", "Agent", "sortie-agent"}

package, room = json.load(sys.stdin), sys.argv[1]
target = next((t for t in package["targets"] if t["name"] == room), None)
allowed = set(SYSTEM)
if room in AGENT:
    allowed -= {"Foundation", "Dispatch"}
for dependency in (target or {}).get("dependencies", []):
    allowed.add(next(iter(dependency.values()))[0])
print(" ".join(sorted(allowed)))
