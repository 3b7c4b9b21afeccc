import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomNormal, seededRandom } from '../../src/base/index.ts'
import { interleaved, type PeerOptions, type PeerRow, Side } from './peer.ts'
import type { Reply } from './side.ts'

/** Ratios to faiss's exact search that Attune is held to. */
const BARS = { exact: 1.1, fast: 0.6 }
const K = 100
const DIMENSIONS = 64
const QUERIES = 200
/** Queries that one side answers before it is the other's turn. */
const TURN = 10
/** Turns for each round that was asked for: turns are short. */
const TURNS = 6

/**
 * The 100 best of a million vectors of 64 numbers for one person, against faiss's IndexFlatIP: exactly, and
 * through 8-bit copies, whose lists are compared with faiss's.
 */
export async function topK(options: PeerOptions): Promise<readonly PeerRow[]> {
  const path = seededVectors(options.data, options.short ? 20_000 : 1_000_000)
  const rows: PeerRow[] = []
  for (const threads of options.threads) {
    options.say(`topk: ${threads} threads`)
    const attune = Side.attune('topKSide.ts')
    const peer = Side.python(options, 'faissTopK.py', threads)
    try {
      for (const side of [attune, peer]) {
        const task = { path, dimensions: DIMENSIONS, queries: QUERIES }
        await side.ask('load', side === attune ? { ...task, threads } : task)
      }
      rows.push(...(await compared(options, attune, peer, threads)))
    } finally {
      attune.stop()
      peer.stop()
    }
  }
  return rows
}

async function compared(
  options: PeerOptions,
  attune: Side,
  peer: Side,
  threads: number,
): Promise<readonly PeerRow[]> {
  const found = new Map<string, string[]>()
  const turn = async (side: Side, name: string, more: Reply): Promise<number> => {
    const lists = found.get(name) ?? []
    found.set(name, lists)
    const first = lists.length % QUERIES
    const reply = await side.ask('search', { k: K, first, count: TURN, ...more })
    lists.push(...(reply['found'] as number[][]).map((ids) => ids.toSorted((a, b) => a - b).join()))
    return (1e3 * Number(reply['seconds'])) / TURN
  }
  const rows: PeerRow[] = []
  for (const kind of ['exact', 'fast'] as const) {
    const times = await interleaved(
      TURNS * options.rounds,
      () => turn(attune, kind, { fast: kind === 'fast' }),
      () => turn(peer, `faiss ${kind}`, { threads }),
    )
    const [ours = [], theirs = []] = [found.get(kind), found.get(`faiss ${kind}`)]
    const same = ours.filter((list, q) => list === theirs[q]).length
    rows.push({ what: `${kind}, ${threads} threads`, ...times, unit: 'ms', bar: BARS[kind] })
    rows.push({
      what: `${kind}: queries with the same ${K}`,
      ours: same,
      peer: theirs.length,
      unit: '',
      ratio: same / theirs.length,
    })
  }
  return rows
}

/** A file of queries and vectors with normally distributed numbers, made once. */
function seededVectors(folder: string, count: number): string {
  const path = join(folder, `vectors-${count}.bin`)
  if (existsSync(path)) return path
  const random = seededRandom(4_711)
  const rows = new Float32Array((QUERIES + count) * DIMENSIONS)
  for (let n = 0; n < rows.length; n++) rows[n] = randomNormal(random)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, rows)
  return path
}
