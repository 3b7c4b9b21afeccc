import type { CsrMatrix } from '../csrMatrix.ts'
import { mathErrors } from '../errors.ts'
import { KernelMemory, type Region } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

/** For each row a list of columns: best first and equal scores by the smaller number, or by number. */
export interface NeighbourLists {
  readonly rows: number
  /** Length rows + 1: the neighbours of row r are start[r] .. start[r+1]-1. */
  readonly start: Uint32Array
  readonly index: Int32Array
  readonly score: Float32Array
}

export interface ProductOptions {
  /** 0: S_ij · x_j. 1: S_ij / (x_i · x_j + shrinkage). 2: S_ij / (x_i + x_j − S_ij + shrinkage). */
  readonly form: number
  /** A number per column, for forms 1 and 2 of a square product. */
  readonly x: Float32Array
  readonly shrinkage?: number
  /** Entries kept per row, at least 1. */
  readonly keep: number
  readonly leaveOutDiagonal: boolean
  /** False: the entries of a row by their columns, which takes half the time. Default true. */
  readonly ranked?: boolean
  /** Default 1. */
  readonly threads?: number
  /** Called now and then with the share that is done. */
  readonly progress?: (done: number) => void
}

/**
 * The product of two sparse matrices, of each row no more than its `keep` largest entries, and only those
 * above 0. Columns of the entries rise.
 * Cost: about 1.5 clock cycles for each pair of entries that meet.
 * @throws MATH_NOT_FINITE, MATH_OUT_OF_MEMORY
 */
export async function sparseProduct(
  left: CsrMatrix,
  right: CsrMatrix,
  options: Pick<ProductOptions, 'keep' | 'leaveOutDiagonal' | 'threads' | 'progress'>,
): Promise<CsrMatrix> {
  const x = new Float32Array(right.columns).fill(1)
  const lists = await largestProducts(left, right, { ...options, form: 0, x, ranked: false })
  const { rows, start, index, score: value } = lists
  return { rows, columns: right.columns, start, index, value }
}

/** Bytes that the lists of one call of the kernel may take. */
const CHUNK_BYTES = 64 * 2 ** 20

/**
 * What `nearestItems` and `sparseProduct` share: the largest positive entries of a function of left · right.
 * @throws MATH_NOT_FINITE, MATH_OUT_OF_MEMORY
 */
export async function largestProducts(
  left: CsrMatrix,
  right: CsrMatrix,
  options: ProductOptions,
): Promise<NeighbourLists> {
  checkFinite('a matrix', left.value)
  checkFinite('a matrix', right.value)
  checkFinite('the factors of columns', options.x)
  const { rows } = left
  const threads = Math.max(1, Math.floor(options.threads ?? 1))
  const keep = Math.max(1, Math.min(Math.floor(options.keep), right.columns))
  const chunk = Math.max(1, Math.min(rows, Math.floor(CHUNK_BYTES / (8 * keep))))
  const room = new ProductMemory(left, right, { chunk, keep, threads, x: options.x })
  const lists = new ListWriter(rows)
  const team = new KernelTeam('sparseProduct', room.memory, threads)
  const finish = [options.leaveOutDiagonal ? 1 : 0, options.ranked === false ? 0 : 1]
  try {
    for (let from = 0; from < rows; from += chunk) {
      const to = Math.min(from + chunk, rows)
      team.run(
        'largest',
        ...room.rows(from, to),
        options.form,
        room.x.at,
        options.shrinkage ?? 0,
        keep,
        ...finish,
        ...room.places(),
      )
      lists.add(to - from, keep, room.counts.view, room.ids.view, room.scores.view)
      options.progress?.(to / rows)
    }
  } finally {
    await team.close()
  }
  return lists.finish()
}

interface ProductShape {
  readonly chunk: number
  readonly keep: number
  readonly threads: number
  readonly x: Float32Array
}

/** The shared memory of a product: both factors, the scratch of each thread, the lists of a chunk of rows. */
class ProductMemory {
  readonly memory: KernelMemory
  readonly x: Region<Float32Array>
  readonly counts: Region<Int32Array>
  readonly ids: Region<Int32Array>
  readonly scores: Region<Float32Array>
  readonly #control: Region<Int32Array>
  readonly #factors: readonly number[]
  readonly #scratch: Region<Float32Array>
  readonly #capacity: number
  readonly #words: number

  constructor(left: CsrMatrix, right: CsrMatrix, { chunk, keep, threads, x }: ProductShape) {
    const units = right.value.every((value) => value === 1)
    const padded = (right.columns + 15) & ~15
    this.#capacity = 2 * keep + 512
    this.#words = padded + 4 * Math.ceil(padded / 256) + 4 * this.#capacity + 2048
    const entries = 2 * left.index.length + (units ? 1 : 2) * right.index.length
    const heads = 2 + left.rows + 1 + right.rows + 1 + padded
    const memory = new KernelMemory(
      4 * (entries + heads + this.#words * threads + chunk * (1 + 2 * keep)),
    )
    this.memory = memory
    this.#control = memory.i32(2)
    const copied = (from: Uint32Array | Int32Array): number => {
      const region = memory.i32(from.length)
      region.view.set(from)
      return region.at
    }
    const copiedValues = (from: Float32Array): number => {
      const region = memory.f32(from.length)
      region.view.set(from)
      return region.at
    }
    this.#factors = [
      right.columns,
      copied(left.start),
      copied(left.index),
      copiedValues(left.value),
      copied(right.start),
      copied(right.index),
      units ? 0 : copiedValues(right.value),
    ]
    this.x = memory.f32(padded)
    this.x.view.set(x)
    this.#scratch = memory.f32(this.#words * threads)
    this.counts = memory.i32(chunk)
    this.ids = memory.i32(chunk * keep)
    this.scores = memory.f32(chunk * keep)
  }

  /** Arguments that say which rows are next, and where the factors lie. */
  rows(from: number, to: number): readonly number[] {
    this.#control.view[0] = from
    this.#control.view[1] = 0
    return [this.#control.at, from, to, ...this.#factors]
  }

  /** Arguments that say where to work and where to write. */
  places(): readonly number[] {
    const { counts, ids, scores } = this
    const scratch = [this.#capacity, this.#scratch.at, 4 * this.#words]
    return [...scratch, counts.at, ids.at, scores.at]
  }
}

function checkFinite(what: string, values: Float32Array | undefined): void {
  // A sum in double precision of numbers in single precision is finite exactly when all of them are.
  let sum = 0
  for (const value of values ?? []) sum += Math.abs(value)
  if (!Number.isFinite(sum)) throw mathErrors.MATH_NOT_FINITE(`In ${what}.`)
}

/** Gathers lists of at most `keep` places each into one compact table. */
class ListWriter {
  readonly #start: Uint32Array
  readonly #index: Int32Array[] = []
  readonly #score: Float32Array[] = []
  #row = 0

  constructor(rows: number) {
    this.#start = new Uint32Array(rows + 1)
  }

  add(rows: number, keep: number, counts: Int32Array, ids: Int32Array, scores: Float32Array): void {
    let total = 0
    for (let r = 0; r < rows; r++) total += counts[r] as number
    const index = new Int32Array(total)
    const score = new Float32Array(total)
    let at = 0
    for (let r = 0; r < rows; r++) {
      const count = counts[r] as number
      index.set(ids.subarray(r * keep, r * keep + count), at)
      score.set(scores.subarray(r * keep, r * keep + count), at)
      at += count
      this.#start[this.#row + 1] = (this.#start[this.#row] as number) + count
      this.#row++
    }
    this.#index.push(index)
    this.#score.push(score)
  }

  finish(): NeighbourLists {
    const rows = this.#row
    const total = this.#start[rows] as number
    const index = joined(this.#index, new Int32Array(this.#index.length === 1 ? 0 : total))
    const score = joined(this.#score, new Float32Array(this.#score.length === 1 ? 0 : total))
    return { rows, start: this.#start, index, score }
  }
}

function joined<T extends Int32Array | Float32Array>(parts: readonly T[], whole: T): T {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
