import { type CsrMatrix, transposed } from '../csrMatrix.ts'
import { mathErrors } from '../errors.ts'
import { KernelMemory } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

/** How a sum of products becomes a similarity; see `SimilarityOptions.form`. */
export const SIMILARITY_FORMS = ['scaled', 'cosine', 'jaccard'] as const

export interface SimilarityOptions {
  /** Weight of each person (row) in S_ij = Σ_u w_u a_ui a_uj; 1 each when absent. */
  readonly personWeight?: Float32Array
  /**
   * With a number x per item:
   * - `scaled`: S_ij · x_j,
   * - `cosine`: S_ij / (x_i · x_j + shrinkage), where x is the norm of an item's column,
   * - `jaccard`: S_ij / (x_i + x_j − S_ij + shrinkage), where x is the size of an item's column.
   */
  readonly form: (typeof SIMILARITY_FORMS)[number]
  readonly x: Float32Array
  readonly shrinkage?: number
  /** Neighbours kept per item, at least 1. */
  readonly keep: number
  /** False: the neighbours of an item in the order of their ids, which takes half the time. Default true. */
  readonly ranked?: boolean
  /** Default 1. */
  readonly threads?: number
  /** Called now and then with the share that is done. */
  readonly progress?: (done: number) => void
}

/** For each row a list of neighbours: best first and equal scores by the smaller id, or by id. */
export interface NeighbourLists {
  readonly rows: number
  /** Length rows + 1: the neighbours of row r are start[r] .. start[r+1]-1. */
  readonly start: Uint32Array
  readonly index: Int32Array
  readonly score: Float32Array
}

/** Bytes that the lists of one call of the kernel may take. */
const CHUNK_BYTES = 64 * 2 ** 20

/**
 * The most similar items of each item: those with the highest positive similarity, the item itself left out.
 * Entries of the matrix are finite and not negative.
 *
 * Cost: Σ_u n_u² products for people with n_u items (about 1.5 clock cycles each), and a heap per item.
 * Memory: 16 bytes an entry, 8 an item and thread, the lists twice.
 * @throws MATH_NOT_FINITE, MATH_OUT_OF_MEMORY
 */
export async function nearestItems(
  matrix: CsrMatrix,
  options: SimilarityOptions,
): Promise<NeighbourLists> {
  const { rows: people, columns: items } = matrix
  const keep = Math.max(1, Math.min(Math.floor(options.keep), items))
  const threads = Math.max(1, Math.floor(options.threads ?? 1))
  checkFinite('the matrix', matrix.value)
  checkFinite('the weights of people', options.personWeight)
  checkFinite('the factors of items', options.x)
  const units = matrix.value.every((value) => value === 1)
  const byItem = transposed(matrix)
  const entries = byItem.index.length
  const chunk = Math.max(1, Math.min(items, Math.floor(CHUNK_BYTES / (8 * keep))))
  const padded = (items + 15) & ~15
  const capacity = 2 * keep + 512
  const scratchWords = padded + 4 * Math.ceil(padded / 256) + 4 * capacity + 2048
  const memory = new KernelMemory(
    4 * (2 + items + people + 2 + entries * (units ? 3 : 4)) +
      4 * (padded + scratchWords * threads) +
      4 * chunk * (1 + 2 * keep),
  )
  const control = memory.i32(2)
  const itemStart = memory.i32(items + 1)
  const itemPerson = memory.i32(entries)
  const itemLeft = memory.f32(entries)
  const personStart = memory.i32(people + 1)
  const personItem = memory.i32(entries)
  const personValue = units ? undefined : memory.f32(entries)
  const x = memory.f32(padded)
  const scratch = memory.f32(scratchWords * threads)
  const counts = memory.i32(chunk)
  const ids = memory.i32(chunk * keep)
  const scores = memory.f32(chunk * keep)

  itemStart.view.set(byItem.start)
  itemPerson.view.set(byItem.index)
  itemLeft.view.set(leftFactors(byItem, options.personWeight))
  personStart.view.set(matrix.start)
  personItem.view.set(matrix.index.subarray(0, entries))
  personValue?.view.set(matrix.value.subarray(0, entries))
  x.view.set(options.x)
  const lists = new ListWriter(items)
  const team = new KernelTeam('itemItem', memory, threads)
  try {
    for (let from = 0; from < items; from += chunk) {
      const to = Math.min(from + chunk, items)
      control.view[0] = from
      control.view[1] = 0
      // prettier-ignore
      const values = [
        control.at, from, to, items, itemStart.at, itemPerson.at, itemLeft.at,
        personStart.at, personItem.at, personValue?.at ?? 0,
        SIMILARITY_FORMS.indexOf(options.form), x.at, options.shrinkage ?? 0, keep,
        options.ranked === false ? 0 : 1, capacity,
        scratch.at, 4 * scratchWords, counts.at, ids.at, scores.at,
      ]
      team.run('nearest', ...values)
      lists.add(to - from, keep, counts.view, ids.view, scores.view)
      options.progress?.(to / items)
    }
  } finally {
    await team.close()
  }
  return lists.finish()
}

function checkFinite(what: string, values: Float32Array | undefined): void {
  // A sum in double precision of numbers in single precision is finite exactly when all of them are.
  let sum = 0
  for (const value of values ?? []) sum += Math.abs(value)
  if (!Number.isFinite(sum)) throw mathErrors.MATH_NOT_FINITE(`In ${what}.`)
}

function leftFactors(byItem: CsrMatrix, personWeight: Float32Array | undefined): Float32Array {
  if (personWeight === undefined) return byItem.value
  const left = new Float32Array(byItem.index.length)
  for (let e = 0; e < left.length; e++) {
    left[e] = (byItem.value[e] as number) * (personWeight[byItem.index[e] as number] as number)
  }
  return left
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
