// What the thread sanitizer cannot see of Swift's Mutex, told to it. Without contention a Mutex runs in the code that uses
// it, which is instrumented; under contention its two slow functions run in libswiftSynchronization, which is not: they spin
// on the lock word and wait in the kernel (futex), and the sanitizer reports whatever the Mutex guards as a race. A program
// of one Mutex<Int> that four threads count up to 40,000 (and do) is reported so. Preloaded, this file stands before the two
// functions and says "acquired" and "released"; the same program is silent then, and without its Mutex still reported.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

// Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT void Lock(uint32_t, SELF void *);
typedef SWIFT void Unlock(SELF void *);
SWIFT void lockSlow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT void unlockSlow(SELF void *mutex) __asm__(UNLOCK);

static Lock *realLock;
static Unlock *realUnlock;

__attribute__((constructor)) static void find(void) {
  realLock = (Lock *)dlsym(RTLD_NEXT, LOCK);
  realUnlock = (Unlock *)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lockSlow(uint32_t thread, SELF void *mutex) {
  realLock(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlockSlow(SELF void *mutex) {
  if (__tsan_release) __tsan_release(mutex);
  realUnlock(mutex);
}
