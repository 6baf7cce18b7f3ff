import CSpawn
import Glibc

/// A descriptor that becomes readable when a process has ended, close-on-exec; -1 if there is none.
public func processDescriptor(_ process: pid_t) -> CInt { sortie_pidfd_open(process) }
