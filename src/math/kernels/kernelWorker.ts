import { isMainThread, workerData } from 'node:worker_threads'
import { instantiateKernel } from './kernelModule.ts'

/** Places in the control array. */
export const CONTROL = { generation: 0, running: 1, kernel: 2, count: 3, failed: 4, length: 5 }

/** What a thread of a team is given. */
export interface Crew {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** Function names, in the order that `control` counts them. */
  readonly names: readonly string[]
  readonly control: Int32Array
  readonly arguments: Float64Array
}

function isCrew(data: unknown): data is Crew {
  return typeof data === 'object' && data !== null && 'names' in data && 'control' in data
}

/** Waits for calls and answers them until the kernel number is -1. */
function serve(crew: Crew): void {
  const kernels = instantiateKernel(crew.module, crew.memory)
  const { control } = crew
  for (let generation = 0; ; generation++) {
    while (Atomics.load(control, CONTROL.generation) === generation) {
      Atomics.wait(control, CONTROL.generation, generation)
    }
    const name = crew.names[control[CONTROL.kernel] ?? -1]
    if (name === undefined) return
    try {
      kernels[name]?.(...crew.arguments.subarray(0, control[CONTROL.count]))
    } catch {
      Atomics.store(control, CONTROL.failed, 1)
    }
    Atomics.sub(control, CONTROL.running, 1)
    Atomics.notify(control, CONTROL.running)
  }
}

if (!isMainThread && isCrew(workerData)) serve(workerData)
