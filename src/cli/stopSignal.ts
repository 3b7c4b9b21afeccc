/** Signals that ask a server to stop. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A signal that npm and the shell both deliver arrives twice; a person who means it waits longer. */
const ECHO_MS = 500

/**
 * Resolves at the first signal to stop. A second one, later than an echo, ends the process at once with
 * exit code 130.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt = 0
    const onSignal = (signal: NodeJS.Signals): void => {
      const now = performance.now()
      if (firstAt === 0) {
        firstAt = now
        resolve(signal)
      } else if (now - firstAt > ECHO_MS) {
        process.exit(130)
      }
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
  })
}
