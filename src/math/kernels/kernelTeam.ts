import { Worker } from 'node:worker_threads'
import { type KernelExports, instantiateKernel, kernelModule } from './kernelModule.ts'
import type { KernelMemory } from './kernelMemory.ts'
import { CONTROL, type Crew } from './kernelWorker.ts'

const MOST_ARGUMENTS = 32

/**
 * Threads that run the same kernel function on one memory. The calling thread is one of them: with
 * `threads` = 1 there is no other and nothing is started. Kernels share their work through a counter in the
 * memory, which the caller sets to 0 before `run`.
 */
export class KernelTeam {
  readonly threads: number
  readonly #exports: KernelExports
  readonly #names: readonly string[]
  readonly #control: Int32Array
  readonly #arguments: Float64Array
  readonly #workers: readonly Worker[]

  /**
   * @param module name of a file in assembly/
   * @param threads at least 1, the caller included
   * @throws MATH_KERNEL_MISSING
   */
  constructor(module: string, memory: KernelMemory, threads = 1) {
    const wasm = kernelModule(module)
    this.threads = Math.max(1, Math.floor(threads))
    this.#exports = instantiateKernel(wasm, memory.memory)
    this.#names = Object.keys(this.#exports)
    this.#control = new Int32Array(new SharedArrayBuffer(4 * CONTROL.length))
    this.#arguments = new Float64Array(new SharedArrayBuffer(8 * MOST_ARGUMENTS))
    const crew: Crew = {
      module: wasm,
      memory: memory.memory,
      names: this.#names,
      control: this.#control,
      arguments: this.#arguments,
    }
    const script = new URL('./kernelWorker.ts', import.meta.url)
    this.#workers = Array.from({ length: this.threads - 1 }, () => {
      const worker = new Worker(script, { workerData: crew, execArgv: [] })
      worker.unref()
      return worker
    })
  }

  /**
   * Calls a function of the module with the same arguments in every thread, and returns when all are done.
   * Blocks the calling thread: call it in a worker, or where nothing else is to be served.
   * @throws what a thread threw
   */
  run(name: string, ...values: readonly number[]): void {
    const kernel = this.#exports[name]
    if (kernel === undefined) throw new RangeError(`no kernel function "${name}"`)
    if (this.#workers.length === 0) {
      kernel(...values)
      return
    }
    this.#arguments.set(values)
    this.#control[CONTROL.kernel] = this.#names.indexOf(name)
    this.#control[CONTROL.count] = values.length
    Atomics.store(this.#control, CONTROL.running, this.#workers.length)
    Atomics.add(this.#control, CONTROL.generation, 1)
    Atomics.notify(this.#control, CONTROL.generation)
    try {
      kernel(...values)
    } finally {
      this.#awaitOthers()
    }
    if (Atomics.exchange(this.#control, CONTROL.failed, 0) !== 0) {
      throw new Error(`the kernel "${name}" failed in a thread`)
    }
  }

  #awaitOthers(): void {
    for (;;) {
      const running = Atomics.load(this.#control, CONTROL.running)
      if (running === 0) return
      Atomics.wait(this.#control, CONTROL.running, running)
    }
  }

  /** Ends the threads. The memory stays. */
  async close(): Promise<void> {
    Atomics.store(this.#control, CONTROL.kernel, -1)
    Atomics.add(this.#control, CONTROL.generation, 1)
    Atomics.notify(this.#control, CONTROL.generation)
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }
}
