import { mathErrors } from '../errors.ts'
import { KernelMemory, type Region } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

/** Parts in which a Gram matrix is summed: fixed, so that the sum does not depend on the threads. */
export const SLICES = 16
/** Numbers in the panels of one copy, for each factor (see assembly/shared/outerProducts.ts). */
export const PACKED = 32
/** Bytes that a thread gathers at most; a longer row is gathered anew in each step. */
const GATHERED = 16 * 2 ** 20

/** The size of a factorisation. */
export interface AlsShape {
  readonly rows: number
  readonly columns: number
  readonly entries: number
  /** Entries of the longest row or column: what a thread gathers at once. */
  readonly longest: number
  readonly factors: number
  /** True when each entry has a weight of its own; else all count 1, and 8 bytes an entry are saved. */
  readonly weighted: boolean
  readonly threads: number
}

/** What is minimised, and how. */
export interface AlsObjective {
  /** Weight of every pair, observed or not. */
  readonly unobserved: number
  /** How much of an entry's weight the weight of every pair already is: 1 where weights are confidences (Hu et al.), else 0. */
  readonly shift: number
  /** Steps of conjugate gradients; 0 solves exactly. */
  readonly steps: number
}

/** One side's sparse matrix, as views into the memory. */
export interface AlsSide {
  readonly start: Int32Array
  readonly index: Int32Array
  readonly value?: Float32Array
}

const threadsOf = ({ threads }: AlsShape): number => Math.max(1, Math.floor(threads))

/** Entries that a thread gathers at once, a multiple of 32. */
function capacityOf({ factors, longest }: AlsShape): number {
  const most = Math.max(32, Math.floor(GATHERED / (4 * paddedFactors(factors))) & ~31)
  return Math.min(most, Math.ceil(Math.max(1, longest) / 32) * 32)
}

/** Numbers of a thread's scratch. */
function shareOf(shape: AlsShape): number {
  const d = paddedFactors(shape.factors)
  const gathered = 3 * d + 16 + capacityOf(shape) * (d + 1)
  const exact = d * d + 2 * PACKED * d
  return 16 * Math.ceil(Math.max(gathered, exact) / 16 + 2)
}

/** Bytes of the memory of a factorisation of this size. */
export function alsBytes(shape: AlsShape): number {
  const { rows, columns, entries, weighted } = shape
  const d = paddedFactors(shape.factors)
  const matrix = 2 * entries * (weighted ? 2 : 1)
  const dense = (rows + columns) * (d + 2) + (SLICES + 2) * d * d
  return 4 * (matrix + dense + threadsOf(shape) * shareOf(shape) + 64)
}

interface SideRegions {
  readonly count: number
  readonly start: Region<Int32Array>
  readonly index: Region<Int32Array>
  readonly value: Region<Float32Array> | undefined
  readonly factors: Region<Float32Array>
  readonly penalty: Region<Float32Array>
}

/** Factors as kernels hold them: padded with zeros to a multiple of 8. */
export function paddedFactors(factors: number): number {
  return Math.ceil(factors / 8) * 8
}

/**
 * Alternating least squares for implicit feedback (Hu, Koren, Volinsky 2008) in WebAssembly: finds X and Y for
 *
 *     Σ observed (w - s) (x·y)² - 2 w x·y  +  unobserved Σ all (x·y)²  +  Σ p_u |x_u|² + Σ p_i |y_i|²
 *
 * with weights w, shift s and a penalty for each row and column. With s = 0 and w = 1 this is, up to a
 * constant, Σ observed (1 - x·y)² + a0 Σ all (x·y)² + … (Rendle et al. 2022); with s = 1 and unobserved = 1 it
 * is Hu's, whose weights are confidences. By conjugate gradients with a warm start (Takács, Pilászy, Tikk
 * 2011) or exactly. The result does not depend on the number of threads.
 *
 * Fill `byRow`, both penalties and both factors; call `transpose`, then `sweep` for each epoch.
 * Memory: 16 bytes an entry (8 unweighted), 4 a factor, and up to 16 MB a thread.
 * Cost of a sweep: about 14 factors (CG-3) or factors² (exact) multiplications an entry, both sides together.
 */
export class AlsFactorization {
  /** Numbers from one row of factors to the next; those past `factors` are 0 and stay 0. */
  readonly stride: number
  /** Rows × stride and columns × stride. */
  readonly rowFactors: Float32Array
  readonly columnFactors: Float32Array
  readonly rowPenalty: Float32Array
  readonly columnPenalty: Float32Array
  /** The sparse matrix by rows; columns may stand in any order within a row. */
  readonly byRow: AlsSide
  readonly #rows: SideRegions
  readonly #columns: SideRegions
  readonly #team: KernelTeam
  readonly #control: Region<Int32Array>
  readonly #partial: Region<Float32Array>
  readonly #gram: Region<Float32Array>
  readonly #gramBlocks: Region<Float32Array>
  readonly #capacity: number
  readonly #share: number
  readonly #scratch: Region<Float32Array>

  /** @throws MATH_OUT_OF_MEMORY, MATH_KERNEL_MISSING */
  constructor(shape: AlsShape) {
    const d = paddedFactors(shape.factors)
    const threads = threadsOf(shape)
    this.stride = d
    this.#capacity = capacityOf(shape)
    this.#share = shareOf(shape)
    const { rows, columns, entries, weighted } = shape
    const memory = new KernelMemory(alsBytes(shape))
    this.#control = memory.i32(16)
    this.#rows = sideOf(memory, rows, entries, d, weighted)
    this.#columns = sideOf(memory, columns, entries, d, weighted)
    this.#partial = memory.f32(SLICES * d * d)
    this.#gram = memory.f32(d * d)
    this.#gramBlocks = memory.f32(d * d)
    this.#scratch = memory.f32(threads * this.#share)
    this.#team = new KernelTeam('als', memory, threads)
    this.rowFactors = this.#rows.factors.view
    this.columnFactors = this.#columns.factors.view
    this.rowPenalty = this.#rows.penalty.view
    this.columnPenalty = this.#columns.penalty.view
    const { start, index, value } = this.#rows
    this.byRow = { start: start.view, index: index.view, ...(value && { value: value.view }) }
  }

  /**
   * Sorts the entries by column and returns that side. To be called when `byRow` is filled, and again when it has changed.
   * @throws MATH_NOT_FINITE where a weight is not finite
   */
  transpose(): AlsSide {
    const { start, index, value } = this.#rows
    if (value !== undefined) refuseNotFinite(value.view, 'A weight')
    const to = this.#columns
    const places = to.start.view
    places.fill(0)
    const entries = start.view[this.#rows.count] as number
    for (let e = 0; e < entries; e++) {
      const at = (index.view[e] as number) + 1
      places[at] = (places[at] as number) + 1
    }
    for (let c = 0; c < to.count; c++) {
      places[c + 1] = (places[c + 1] as number) + (places[c] as number)
    }
    for (let r = 0; r < this.#rows.count; r++) {
      const end = start.view[r + 1] as number
      for (let e = start.view[r] as number; e < end; e++) {
        const c = index.view[e] as number
        const place = places[c] as number
        places[c] = place + 1
        to.index.view[place] = r
        if (value && to.value) to.value.view[place] = value.view[e] as number
      }
    }
    places.copyWithin(1, 0, to.count)
    places[0] = 0
    return { start: places, index: to.index.view, ...(to.value && { value: to.value.view }) }
  }

  /**
   * One epoch: rows from columns, then columns from rows. Blocks the calling thread.
   * @throws MATH_NOT_FINITE where factors or penalties are not finite
   */
  sweep(objective: AlsObjective): void {
    refuseNotFinite(this.columnFactors, 'A factor of a column')
    if (objective.steps > 0) refuseNotFinite(this.rowFactors, 'A factor of a row')
    refuseNotFinite(this.rowPenalty, 'A penalty')
    refuseNotFinite(this.columnPenalty, 'A penalty')
    this.#half(this.#rows, this.#columns, objective)
    this.#half(this.#columns, this.#rows, objective)
  }

  /** Ends the threads; the views stay. */
  close(): Promise<void> {
    return this.#team.close()
  }

  #half(target: SideRegions, source: SideRegions, objective: AlsObjective): void {
    const d = this.stride
    const scratch = [this.#scratch.at, this.#share * 4] as const
    const gram = this.#gram.at
    const blocks = this.#gramBlocks.at
    const partial = this.#partial.at
    this.#run('gramSlices', source.factors.at, source.count, d, SLICES, partial, ...scratch)
    this.#run('sumSlices', partial, SLICES, d, objective.unobserved, gram, blocks)
    const entries = [target.count, target.start.at, target.index.at, target.value?.at ?? 0] as const
    const system = [source.factors.at, target.factors.at, d] as const
    const penalty = [target.penalty.at, objective.shift] as const
    if (objective.steps === 0) {
      this.#run('solveRowsExactly', ...entries, ...system, gram, ...penalty, 0, ...scratch)
    } else {
      const { steps } = objective
      const capacity = this.#capacity
      this.#run('solveRows', ...entries, ...system, blocks, ...penalty, steps, capacity, ...scratch)
    }
  }

  #run(name: string, ...values: readonly number[]): void {
    this.#control.view.fill(0)
    this.#team.run(name, this.#control.at, ...values)
  }
}

function sideOf(
  memory: KernelMemory,
  count: number,
  entries: number,
  d: number,
  weighted: boolean,
): SideRegions {
  return {
    count,
    start: memory.i32(count + 1),
    index: memory.i32(entries),
    value: weighted ? memory.f32(entries) : undefined,
    factors: memory.f32(count * d),
    penalty: memory.f32(count),
  }
}

/** @throws MATH_NOT_FINITE */
export function refuseNotFinite(values: Float32Array, what: string): void {
  // A sum in double precision of numbers in single precision is finite exactly when all of them are.
  let sum = 0
  for (let k = 0; k < values.length; k++) sum += Math.abs(values[k] as number)
  if (Number.isFinite(sum)) return
  const at = values.findIndex((value) => !Number.isFinite(value))
  throw mathErrors.MATH_NOT_FINITE(`${what} is ${values[at]}, at place ${at}.`)
}
