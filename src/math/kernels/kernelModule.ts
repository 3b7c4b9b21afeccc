import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mathErrors } from '../errors.ts'

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'build', 'kernels')
const compiled = new Map<string, WebAssembly.Module>()

export type KernelExports = Readonly<Record<string, (...args: number[]) => number | void>>

/**
 * The compiled module of src/math/kernels/assembly/<name>.ts, compiled once in a thread.
 * @throws MATH_KERNEL_MISSING
 */
export function kernelModule(name: string): WebAssembly.Module {
  const known = compiled.get(name)
  if (known !== undefined) return known
  try {
    const module = new WebAssembly.Module(readFileSync(join(FOLDER, `${name}.wasm`)))
    compiled.set(name, module)
    return module
  } catch (error) {
    throw mathErrors.MATH_KERNEL_MISSING(`The kernel "${name}" does not load.`, { cause: error })
  }
}

/** The functions of a module, working on a memory. They keep no state of their own. */
export function instantiateKernel(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): KernelExports {
  const abort = () => {
    throw new Error('a kernel aborted')
  }
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as KernelExports
}
