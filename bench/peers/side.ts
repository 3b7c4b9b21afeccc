import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** What a side answers: at least `peakBytes`; what was timed says `seconds` and `cpuSeconds`. */
export type Reply = Readonly<Record<string, unknown>>
export type SideTasks = Readonly<Record<string, (request: Reply) => Reply | Promise<Reply>>>

/** The most that this process has held in memory so far, as Linux counts it; NaN elsewhere. */
function peakBytes(): number {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return Number(match?.[1] ?? Number.NaN) * 1024
  } catch {
    return Number.NaN
  }
}

/** Runs `work`; its wall seconds and the CPU seconds of all threads. */
export async function timed(work: () => unknown) {
  const at = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - at) / 1e3, cpuSeconds: (user + system) / 1e6 }
}

/** Attune's end of a comparison, a process of its own: answers requests until the input ends (see peer.ts). */
export async function serve(tasks: SideTasks): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Reply
    const reply = await tasks[String(request['task'])]?.(request)
    process.stdout.write(`${JSON.stringify({ ...reply, peakBytes: peakBytes() })}\n`)
  }
  process.exit(0)
}
