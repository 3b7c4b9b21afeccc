import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { randomNormal, seededRandom, type Random } from '../../src/base/index.ts'
import type { CsrMatrix } from '../../src/math/index.ts'

/** The size of a generated matrix of people × items. */
export interface MatrixShape {
  readonly name: string
  readonly people: number
  readonly items: number
  readonly entries: number
}

/** As many people, items and ratings as MovieLens 20M and 1M have. */
export const MOVIELENS_20M = { name: '20m', people: 138_493, items: 26_744, entries: 20_400_000 }
export const MOVIELENS_1M = { name: '1m', people: 6_040, items: 3_706, entries: 1_000_209 }

/**
 * A matrix file: four 32-bit numbers (people, items, entries, 0), then people + 1 row starts and `entries`
 * columns as 32-bit whole numbers and `entries` values as 32-bit floats. Columns rise within a row.
 */
export interface MatrixFile {
  readonly path: string
  readonly people: number
  readonly items: number
  readonly entries: number
}

/**
 * A seeded matrix in which few items are wanted by many and few people want much: popularity falls with rank
 * as (rank + 40)^-1.1 and the number of entries of a person is log-normal (sigma 1.1, at least 20), which is
 * near what MovieLens 20M has. Values are 2, 3, .. 11. Made once and kept in `folder`. Cost: 20 s at 20M.
 */
export function seededMatrix(folder: string, shape: MatrixShape): MatrixFile {
  const path = join(folder, `matrix-${shape.name}.bin`)
  if (!existsSync(path)) write(path, folder, shape)
  const { people, items, entries } = readHead(path)
  return { path, people, items, entries }
}

/** The sizes at the front of a matrix file. */
export function readHead(path: string) {
  const head = new Int32Array(4)
  const file = openSync(path, 'r')
  readSync(file, head)
  closeSync(file)
  const [people = 0, items = 0, entries = 0] = head
  return { people, items, entries }
}

/** A matrix file as a sparse matrix. */
export function readMatrix(path: string): CsrMatrix {
  const { people, items, entries } = readHead(path)
  const { buffer } = readFileSync(path)
  const start = new Uint32Array(buffer, 16, people + 1)
  const index = new Int32Array(buffer, 16 + start.byteLength, entries)
  const value = new Float32Array(buffer, 16 + start.byteLength + index.byteLength, entries)
  return { rows: people, columns: items, start, index, value }
}

function write(path: string, folder: string, shape: MatrixShape): void {
  const random = seededRandom(20_000_263)
  const lengths = rowLengths(shape, random)
  const entries = lengths.reduce((sum, length) => sum + length, 0)
  const draw = popularItems(shape.items, random)
  const file = new ArrayBuffer(4 * (4 + shape.people + 1 + 2 * entries))
  new Int32Array(file, 0, 4).set([shape.people, shape.items, entries, 0])
  const start = new Int32Array(file, 16, shape.people + 1)
  const index = new Int32Array(file, 16 + start.byteLength, entries)
  const value = new Float32Array(file, 16 + start.byteLength + index.byteLength, entries)
  const takenBy = new Int32Array(shape.items).fill(-1)
  for (let p = 0, at = 0; p < shape.people; p++) {
    const to = at + (lengths[p] as number)
    start[p + 1] = to
    const first = at
    while (at < to) {
      const item = draw()
      if (takenBy[item] === p) continue
      takenBy[item] = p
      index[at++] = item
    }
    index.subarray(first, to).sort()
  }
  for (let e = 0; e < entries; e++) value[e] = 2 + Math.floor(random.next() * 10)
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${path}.part`, new Uint8Array(file))
  renameSync(`${path}.part`, path)
}

/** Numbers of entries of each person, which sum to about `entries`. */
function rowLengths({ people, items, entries }: MatrixShape, random: Random): Int32Array {
  const raw = Float64Array.from({ length: people }, () => Math.exp(1.1 * randomNormal(random)))
  const scale = (entries - 20 * people) / raw.reduce((sum, value) => sum + value, 0)
  return Int32Array.from(raw, (value) => Math.min(items >> 1, 20 + Math.round(value * scale)))
}

/** Draws items by popularity, in constant time (alias method: Walker 1977); ranks are spread over the numbers. */
function popularItems(items: number, random: Random): () => number {
  const weight = Float64Array.from({ length: items }, (_, rank) => (rank + 40) ** -1.1)
  const itemOfRank = Int32Array.from(weight, (_, rank) => rank)
  for (let k = items - 1; k > 0; k--) {
    const other = Math.floor(random.next() * (k + 1))
    const held = itemOfRank[k] as number
    itemOfRank[k] = itemOfRank[other] as number
    itemOfRank[other] = held
  }
  const mean = weight.reduce((sum, value) => sum + value, 0) / items
  const share = weight.map((value) => value / mean)
  const alias = new Int32Array(items)
  const small: number[] = []
  const large: number[] = []
  share.forEach((value, rank) => (value < 1 ? small : large).push(rank))
  for (let low = small.pop(); low !== undefined; low = small.pop()) {
    const high = large.at(-1)
    if (high === undefined) continue
    alias[low] = high
    const left = (share[high] as number) + (share[low] as number) - 1
    share[high] = left
    if (left < 1) small.push(large.pop() ?? high)
  }
  for (const rank of large) share[rank] = 1
  return () => {
    const rank = Math.floor(random.next() * items)
    const taken = random.next() < (share[rank] as number) ? rank : (alias[rank] as number)
    return itemOfRank[taken] as number
  }
}
