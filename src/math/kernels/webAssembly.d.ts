/** The part of WebAssembly that the kernels use; the libraries of TypeScript declare it for browsers only. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true })
    readonly buffer: SharedArrayBuffer
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
    /** Only so that nothing else is taken for a module. */
    readonly compiled: true
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: unknown
  }
}
