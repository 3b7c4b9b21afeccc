import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { interleaved, type PeerOptions, type PeerRow, Side } from './peer.ts'
import { type MatrixFile, MOVIELENS_1M, readHead, seededMatrix } from './seededMatrix.ts'

/** Ratio to implicit that Attune is held to. */
const BAR = 0.6
const KEEP = 100
const SMALL = { name: 'items-small', people: 600, items: 400, entries: 30_000 }

/** Where MovieLens 1M lies when the data sets are beside the repository. */
const DATASETS = join(import.meta.dirname, '..', '..', '..', 'shared', 'datasets')
const RATINGS = join(DATASETS, 'ml-1m', 'ratings.tsv.gz')

/**
 * Item-item cosine, the 100 nearest of each item, against implicit's CosineRecommender: on a generated matrix
 * of the shape of MovieLens 1M, and on MovieLens 1M where it is there. Both sides normalise, multiply and select.
 */
export async function items(options: PeerOptions): Promise<readonly PeerRow[]> {
  if (options.short) return compared(options, seededMatrix(options.data, SMALL), 'small')
  const rows = [
    ...(await compared(options, seededMatrix(options.data, MOVIELENS_1M), 'generated 1M')),
  ]
  if (existsSync(RATINGS)) {
    rows.push(...(await compared(options, movieLens(options.data), 'MovieLens 1M')))
  } else options.say('items: MovieLens 1M is not there')
  return rows
}

async function compared(
  options: PeerOptions,
  { path }: MatrixFile,
  name: string,
): Promise<readonly PeerRow[]> {
  const rows: PeerRow[] = []
  const attune = Side.attune('itemsSide.ts')
  try {
    await attune.ask('load', { path })
    for (const threads of options.threads) {
      options.say(`items: ${name}, ${threads} threads`)
      const peer = Side.python(options, 'implicitItems.py', threads)
      try {
        await peer.ask('load', { path })
        const request = { keep: KEEP, threads }
        const time = (side: Side) => side.askNumber('fit', request)
        // The first call of either compiles and loads what later ones find ready.
        await time(attune)
        await time(peer)
        const times = await interleaved(
          options.rounds,
          () => time(attune),
          () => time(peer),
        )
        rows.push({ what: `${name}, ${threads} threads`, ...times, unit: 's', bar: BAR })
        if (threads === options.threads[0]) rows.push(await agreement(attune, peer, name))
      } finally {
        peer.stop()
      }
    }
  } finally {
    attune.stop()
  }
  return rows
}

/** Both keep the same similarities when their sums are the same. */
async function agreement(attune: Side, peer: Side, name: string): Promise<PeerRow> {
  const ours = await attune.askNumber('total', {}, 'total')
  const theirs = await peer.askNumber('total', { keep: KEEP }, 'total')
  const ratio = ours / theirs
  return { what: `${name}: sum of the similarities`, ours, peer: theirs, unit: '', ratio }
}

/** The ratings of MovieLens 1M as a matrix file. */
function movieLens(folder: string): MatrixFile {
  const path = join(folder, 'matrix-movielens-1m.bin')
  if (!existsSync(path)) {
    const lines = gunzipSync(readFileSync(RATINGS)).toString('latin1').trimEnd().split('\n')
    const rows = lines.slice(1).map((line) => line.split('\t').slice(0, 3).map(Number))
    const byPerson = new Map<number, [number, number][]>()
    const numbers = new Map<number, number>()
    for (const [person = 0, item = 0, rating = 0] of rows) {
      const known = numbers.get(item) ?? numbers.size
      numbers.set(item, known)
      const list = byPerson.get(person) ?? []
      byPerson.set(person, list)
      list.push([known, rating])
    }
    const lists = [...byPerson.values()].map((list) => list.sort((a, b) => a[0] - b[0]))
    const start = [0]
    for (const list of lists) start.push((start.at(-1) ?? 0) + list.length)
    const head = Int32Array.of(lists.length, numbers.size, rows.length, 0, ...start)
    const entries = lists.flat()
    const index = Int32Array.from(entries, ([item]) => item)
    const value = Float32Array.from(entries, ([, rating]) => rating)
    mkdirSync(folder, { recursive: true })
    const parts = [head, index, value].map((part) => Buffer.from(part.buffer))
    writeFileSync(path, Buffer.concat(parts))
  }
  return { path, ...readHead(path) }
}
