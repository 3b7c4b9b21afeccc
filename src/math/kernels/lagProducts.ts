import type { DenseMatrix } from './denseMatrix.ts'
import type { KernelMemory } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

/** Sequences of items: those of sequence s are item[start[s]] .. item[start[s+1]-1], oldest first. */
export interface Sequences {
  readonly items: number
  readonly start: Uint32Array
  readonly item: Int32Array
}

/** Bytes of kernel memory that `lagProducts` takes beside its results. */
export function lagBytes({ items, item }: Sequences, weights: readonly Float32Array[]): number {
  const width = widthOf(weights)
  const tables = weights.length ** 2 * (width ** 2 + 1)
  return 4 * (1 + items + 1 + 4 * item.length + weights.length * (width + 1) + tables)
}

/**
 * The normal equations of predicting each item of a sequence from those before it. With x the vector of a
 * target at place t, x[b · items + i] = Σ weights[b][t − 1 − p] over the places p < t of item i, and y the
 * unit vector of the target's item: `gram` = Σ x·xᵀ in its lower triangle, `cross` = Σ x·yᵀ.
 *
 * No x is ever made. What a pair of events gives depends only on their distance and on how many targets see both,
 * so it is looked up; cost: (events × the longest window × blocks²) additions, about 1 ns each.
 * @param weights for each block, by the age of an event: 0 is the newest before the target
 */
export async function lagProducts(
  memory: KernelMemory,
  gram: DenseMatrix,
  cross: DenseMatrix,
  sequences: Sequences,
  weights: readonly Float32Array[],
  threads = 1,
): Promise<void> {
  const { items, item } = sequences
  const place = (values: ArrayLike<number>) => {
    const region = memory.i32(values.length)
    region.view.set(values)
    return region.at
  }
  const width = widthOf(weights)
  const next = place([0])
  const occurrences = occurrencesOf(sequences)
  const ends = endsOf(sequences)
  const pairs = pairTables(weights, width)
  const events = [place(occurrences.start), place(occurrences.place), place(item)]
  const bounds = [place(ends.first), place(ends.end), width]
  const padded = memory.f32(weights.length * width)
  weights.forEach((row, b) => padded.view.set(row, b * width))
  const lengths = place(weights.map((row) => row.length))
  const tables = memory.f32(pairs.table.length)
  tables.view.set(pairs.table)
  const lookUp = [padded.at, lengths, tables.at, place(pairs.reach)]
  const results = [gram.at, gram.rowStep, cross.at, cross.rowStep]
  const team = new KernelTeam('lag', memory, threads)
  const values = [items, weights.length, ...events, ...bounds, ...lookUp, ...results]
  team.run('lagProducts', next, ...values)
  await team.close()
}

function widthOf(weights: readonly Float32Array[]): number {
  return weights.reduce((most, row) => Math.max(most, row.length), 1)
}

/** The places of each item, by item. */
function occurrencesOf({ items, item }: Sequences) {
  const start = new Uint32Array(items + 1)
  for (const i of item) start[i + 1] = (start[i + 1] as number) + 1
  for (let i = 0; i < items; i++) start[i + 1] = (start[i + 1] as number) + (start[i] as number)
  const next = start.slice()
  const place = new Int32Array(item.length)
  for (let e = 0; e < item.length; e++) {
    const i = item[e] as number
    place[next[i] as number] = e
    next[i] = (next[i] as number) + 1
  }
  return { start, place }
}

/** For each event, where its sequence begins and ends. */
function endsOf({ start, item }: Sequences) {
  const first = new Int32Array(item.length)
  const end = new Int32Array(item.length)
  for (let s = 0; s + 1 < start.length; s++) {
    first.fill(start[s] as number, start[s], start[s + 1])
    end.fill(start[s + 1] as number, start[s], start[s + 1])
  }
  return { first, end }
}

/**
 * For blocks b of the older and c of the newer event: table[gap][m] = Σ_{a ≤ m} weights[b][a + gap] · weights[c][a],
 * over the ages a of the newer event; and the number of gaps at which it is not 0.
 */
function pairTables(weights: readonly Float32Array[], width: number) {
  const count = weights.length
  const table = new Float32Array(count * count * width * width)
  const reach = new Int32Array(count * count)
  weights.forEach((older, b) =>
    weights.forEach((newer, c) => {
      const from = (b * count + c) * width * width
      for (let gap = 0; gap < width; gap++) {
        let sum = 0
        for (let a = 0; a < width; a++) {
          sum += (older[a + gap] ?? 0) * (newer[a] ?? 0)
          table[from + gap * width + a] = sum
        }
        if (sum !== 0) reach[b * count + c] = gap + 1
      }
    }),
  )
  return { table, reach }
}
