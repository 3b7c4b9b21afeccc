import { mathErrors } from '../errors.ts'
import { KernelMemory, type Region } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

export interface TopKSearchOptions {
  /** Default 1. Beyond 1, `close` ends the threads. */
  readonly threads?: number
  /**
   * Keeps the vectors once more as 8-bit numbers, for `searchFast`. Costs a quarter more memory.
   * Default false.
   */
  readonly bytes?: boolean
  /** The longest list that will be asked for. Default 100. */
  readonly longest?: number
}

/** Best first; equal scores by the smaller id. */
export interface FoundVectors {
  readonly ids: Int32Array
  readonly scores: Float32Array
}

/** Queries that are answered in one pass over the vectors. */
const BATCH = 32
/** Rows that a thread takes at once: 1,024 of 64 numbers stay in the second-level cache for all queries of a batch. */
const BLOCK = 1024
/** With one query nothing is read twice, and four streams far apart are faster: 34 ms in place of 40 for 1 M rows. */
const WIDE_BLOCK = 8192
const MANY = 65_536
/** `searchFast` looks at twice as many candidates exactly as it returns: 200 for 100 gave the same 100. */
const RESCORED = 2

/**
 * Finds the vectors with the largest inner product with a query, among many held in one memory.
 *
 * `search` is exact: one pass over all vectors, at the speed of the memory. `searchFast` passes over 8-bit copies
 * and computes the best candidates exactly. An index (HNSW) does not pay below about 2 million vectors.
 * Memory: 4 bytes a number, 5 with `bytes`.
 */
export class TopKSearch {
  readonly count: number
  readonly dimensions: number
  readonly #memory: KernelMemory
  readonly #team: KernelTeam
  readonly #control: Region<Int32Array>
  readonly #stride: number
  readonly #vectors: Region<Float32Array>
  readonly #queries: Region<Float32Array>
  readonly #products: Region<Float32Array>
  readonly #candidates: { ids: Region<Int32Array>; scores: Region<Float32Array> }
  readonly #bytes: ByteVectors | undefined
  readonly #longest: number
  readonly #capacity: number
  readonly #workspaceWords: number
  readonly #workspaces: Region<Int32Array>
  readonly #workspaceScores: Float32Array

  /**
   * @param vectors count × dimensions, row by row; copied
   * @throws MATH_NOT_FINITE, MATH_OUT_OF_MEMORY
   */
  constructor(vectors: Float32Array, dimensions: number, options: TopKSearchOptions = {}) {
    const threads = Math.max(1, Math.floor(options.threads ?? 1))
    const count = dimensions === 0 ? 0 : Math.floor(vectors.length / dimensions)
    checkFinite('a vector', vectors)
    this.count = count
    this.dimensions = dimensions
    this.#longest = Math.max(1, Math.min(options.longest ?? 100, count))
    this.#stride = (dimensions + 3) & ~3
    const most = RESCORED * this.#longest
    this.#capacity = 2 * most + 512
    this.#workspaceWords = 4 + 4 * this.#capacity + 2048
    const rows = count + 4
    const byteStride = (dimensions + 15) & ~15
    const words =
      rows * this.#stride +
      BATCH * this.#stride +
      BATCH * threads * this.#workspaceWords +
      WIDE_BLOCK * threads +
      2 * (most + 4)
    const byteWords = options.bytes === true ? rows * (byteStride / 4 + 2) + byteStride : 0
    this.#memory = new KernelMemory(4 * (2 + words + byteWords))
    this.#control = this.#memory.i32(2)
    this.#vectors = this.#memory.f32(rows * this.#stride)
    this.#queries = this.#memory.f32(BATCH * this.#stride)
    this.#products = this.#memory.f32(WIDE_BLOCK * threads)
    this.#candidates = { ids: this.#memory.i32(most + 4), scores: this.#memory.f32(most + 4) }
    this.#workspaces = this.#memory.i32(BATCH * threads * this.#workspaceWords)
    this.#workspaceScores = new Float32Array(
      this.#memory.memory.buffer,
      this.#workspaces.at,
      this.#workspaces.view.length,
    )
    if (this.#stride === dimensions) this.#vectors.view.set(vectors)
    else copyRows(vectors, count, dimensions, this.#vectors.view, this.#stride)
    if (options.bytes === true) {
      this.#bytes = new ByteVectors(this.#memory, vectors, count, dimensions)
    }
    this.#team = new KernelTeam('topKSearch', this.#memory, threads)
  }

  /**
   * The k best for each of several queries (row by row), in order. Exact.
   * Cost: the vectors pass through the processor once for every 32 queries.
   * @throws MATH_NOT_FINITE, RangeError where k exceeds `longest`
   */
  searchAll(queries: Float32Array, k: number): FoundVectors[] {
    const people = this.dimensions === 0 ? 0 : Math.floor(queries.length / this.dimensions)
    checkFinite('a query', queries)
    const found: FoundVectors[] = []
    for (let from = 0; from < people; from += BATCH) {
      const part = Math.min(BATCH, people - from)
      const first = from * this.dimensions
      const rows = queries.subarray(first, first + part * this.dimensions)
      copyRows(rows, part, this.dimensions, this.#queries.view, this.#stride)
      const kept = this.#kept(k)
      this.#control.view.fill(0)
      // prettier-ignore
      const values = [
        this.#control.at, this.#vectors.at, this.count, this.#stride, this.#queries.at, part,
        kept, this.#capacity, this.#workspaces.at, 4 * this.#workspaceWords,
        part === 1 && this.count > MANY ? WIDE_BLOCK : BLOCK, this.#products.at,
      ]
      this.#team.run('search', ...values)
      for (let q = 0; q < part; q++) found.push(this.#merged(part, q, kept))
    }
    return found
  }

  /** As `searchAll`, for one query. */
  search(query: Float32Array, k: number): FoundVectors {
    return this.searchAll(query, k)[0] ?? { ids: new Int32Array(0), scores: new Float32Array(0) }
  }

  /**
   * As `search` at about half the cost or less: the candidates come from 8-bit copies, their scores are exact.
   * A vector is missed only when rounding moves it behind 2 k others.
   * @throws MATH_NOT_FINITE, RangeError where k exceeds `longest` or the search was made without `bytes`
   */
  searchFast(query: Float32Array, k: number): FoundVectors {
    const bytes = this.#bytes
    if (bytes === undefined) throw new RangeError('made without bytes')
    checkFinite('a query', query)
    const kept = Math.max(1, Math.min(this.count, RESCORED * this.#kept(k)))
    bytes.setQuery(query)
    this.#control.view.fill(0)
    // prettier-ignore
    const values = [
      this.#control.at, bytes.vectors.at, this.count, bytes.stride, bytes.scales.at,
      bytes.biases.at, bytes.query.at, kept, this.#capacity, this.#workspaces.at,
      4 * this.#workspaceWords,
    ]
    this.#team.run('searchBytes', ...values)
    const { ids } = this.#merged(1, 0, kept)
    return this.#rescored(query, ids.sort(), this.#kept(k))
  }

  /** Ends the threads, where there are any. */
  close(): Promise<void> {
    return this.#team.close()
  }

  #kept(k: number): number {
    const kept = Math.min(Math.floor(k), Math.max(1, this.count))
    if (kept >= 1 && kept <= this.#longest) return kept
    throw new RangeError(`k is ${k}; this search was made for 1 to ${this.#longest}`)
  }

  /** The best of what the threads have found for one query. */
  #merged(people: number, query: number, k: number): FoundVectors {
    const all: [number, number][] = []
    for (let thread = 0; thread < this.#team.threads; thread++) {
      const head = (thread * people + query) * this.#workspaceWords
      const size = this.#workspaces.view[head] as number
      for (let n = head + 4; n < head + 4 + size; n++) {
        const score = this.#workspaceScores[n + this.#capacity] as number
        all.push([this.#workspaces.view[n] as number, score])
      }
    }
    if (this.#team.threads > 1) all.sort((a, b) => b[1] - a[1] || a[0] - b[0])
    const best = all.slice(0, k)
    return {
      ids: Int32Array.from(best, ([id]) => id),
      scores: Float32Array.from(best, ([, score]) => score),
    }
  }

  #rescored(query: Float32Array, ids: Int32Array, k: number): FoundVectors {
    const { ids: given, scores } = this.#candidates
    copyRows(query, 1, this.dimensions, this.#queries.view, this.#stride)
    given.view.fill(0).set(ids)
    // prettier-ignore
    const values = [
      this.#vectors.at, this.#stride, this.#queries.at, given.at, ids.length, scores.at,
    ]
    this.#team.run('innerProductsOf', ...values)
    const best = Array.from(ids, (id, n): [number, number] => [id, scores.view[n] as number])
    best.sort((a, b) => b[1] - a[1] || a[0] - b[0])
    const cut = best.slice(0, k)
    return {
      ids: Int32Array.from(cut, ([id]) => id),
      scores: Float32Array.from(cut, ([, score]) => score),
    }
  }
}

/** Vectors rounded to 8 bits: v ≈ scale_r · b, b from -127 to 127. */
class ByteVectors {
  readonly stride: number
  readonly vectors: Region<Int8Array>
  readonly scales: Region<Float32Array>
  readonly biases: Region<Float32Array>
  readonly query: Region<Int8Array>
  readonly #dimensions: number

  constructor(memory: KernelMemory, vectors: Float32Array, count: number, dimensions: number) {
    this.#dimensions = dimensions
    this.stride = (dimensions + 15) & ~15
    this.vectors = memory.i8((count + 4) * this.stride)
    this.scales = memory.f32(count + 4)
    this.biases = memory.f32(count + 4)
    this.query = memory.i8(this.stride)
    for (let r = 0; r < count; r++) {
      let largest = 0
      const from = r * dimensions
      for (let c = from; c < from + dimensions; c++) {
        largest = Math.max(largest, Math.abs(vectors[c] as number))
      }
      if (largest === 0) continue
      let sum = 0
      const to127 = 127 / largest
      for (let c = 0; c < dimensions; c++) {
        const byte = Math.round((vectors[from + c] as number) * to127)
        this.vectors.view[r * this.stride + c] = byte
        sum += byte
      }
      const scale = largest / 127
      this.scales.view[r] = scale
      this.biases.view[r] = scale * MIDDLE * sum
    }
  }

  /**
   * The query as whole numbers from 1 to 127 around 64; the scores come out times a number above 0.
   * The 64 too much in each place are what `biases` takes away.
   */
  setQuery(query: Float32Array): void {
    let largest = 0
    for (const value of query) largest = Math.max(largest, Math.abs(value))
    const to63 = largest === 0 ? 0 : 63 / largest
    for (let c = 0; c < this.#dimensions; c++) {
      this.query.view[c] = MIDDLE + Math.round((query[c] as number) * to63)
    }
  }
}

const MIDDLE = 64

function copyRows(
  from: Float32Array,
  rows: number,
  columns: number,
  to: Float32Array,
  stride: number,
): void {
  for (let r = 0; r < rows; r++) {
    to.set(from.subarray(r * columns, (r + 1) * columns), r * stride)
  }
}

function checkFinite(what: string, values: Float32Array): void {
  let sum = 0
  for (const value of values) sum += Math.abs(value)
  if (!Number.isFinite(sum)) throw mathErrors.MATH_NOT_FINITE(`In ${what}.`)
}
