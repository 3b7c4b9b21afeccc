import { readdirSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/** Niceness of work that nobody waits for: a tenth of the time of an ordinary thread where both want the same core. */
const LATER = 10

/**
 * Lets other threads go before the calling one, and those that it starts, from now on: for work that nobody waits for. On
 * Linux, where threads have priorities of their own; elsewhere it does nothing.
 */
export function workLater(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(LATER)
  } catch {
    // A sandbox may forbid it; the work is done all the same.
  }
}

/** The same for the threads of this process with a name, such as `libuv-worker`. */
export function workLaterIn(name: string): void {
  if (process.platform !== 'linux') return
  for (const thread of threadsOfProcess()) {
    try {
      const comm = readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim()
      if (comm === name) setPriority(Number(thread), LATER)
    } catch {
      // It has ended meanwhile, or a sandbox forbids it.
    }
  }
}

function threadsOfProcess(): readonly string[] {
  try {
    return readdirSync('/proc/self/task')
  } catch {
    return []
  }
}
