import { workerData } from 'node:worker_threads'
import type { FitTask } from './fitWorker.ts'

/** A thread in place of a fit that takes memory, or time, without end: `models` says which. */
const { job } = workerData as FitTask
const [what] = job.models ?? []
const kept: unknown[] = []
const pause = new Int32Array(new SharedArrayBuffer(4))

for (;;) {
  if (what === 'arrays') kept.push(new Uint8Array(8_000_000).fill(1))
  if (what === 'kernels') {
    const { buffer } = new WebAssembly.Memory({ initial: 128, maximum: 128, shared: true })
    kept.push(new Uint8Array(buffer).fill(1))
  }
  if (what === 'objects') kept.push(Array.from({ length: 10_000 }, (_, k) => ({ k })))
  else Atomics.wait(pause, 0, 0, 5)
}
