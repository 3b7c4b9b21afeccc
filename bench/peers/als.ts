import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../../src/base/index.ts'
import { interleaved, type PeerOptions, type PeerRow, Side } from './peer.ts'
import { type MatrixShape, MOVIELENS_1M, MOVIELENS_20M, seededMatrix } from './seededMatrix.ts'

const FACTORS = 64
const REGULARIZATION = 0.05
const ITERATIONS = 3

/** Ratios to implicit that Attune is held to. */
const BARS = { cg: 0.4, exact: 0.28, memory: 1 }

interface Pair {
  readonly attune: Side
  readonly implicit: Side
}

/** ALS with three steps of conjugate gradients against implicit. */
export function als(options: PeerOptions): Promise<readonly PeerRow[]> {
  return measured(options, true)
}

/** ALS with exact steps against implicit. */
export function alsCholesky(options: PeerOptions): Promise<readonly PeerRow[]> {
  return measured(options, false)
}

/**
 * Same matrix, same starting factors, sorting by column and three iterations timed; then the losses, computed by
 * NumPy in double precision for both, and the peak memory of both processes.
 */
async function measured(options: PeerOptions, cg: boolean): Promise<readonly PeerRow[]> {
  const rows: PeerRow[] = []
  for (const shape of options.short ? [MOVIELENS_1M] : [MOVIELENS_20M, MOVIELENS_1M]) {
    const files = prepared(options, shape)
    for (const threads of options.threads) {
      options.say(`${cg ? 'als' : 'als-cholesky'}: ${shape.name}, ${threads} threads`)
      rows.push(...(await compared(options, shape, files, threads, cg)))
    }
  }
  return rows
}

interface Files {
  readonly path: string
  readonly start: string
}

function prepared({ data }: PeerOptions, shape: MatrixShape): Files {
  const { path, people, items } = seededMatrix(data, shape)
  const start = join(data, `factors-${shape.name}-${FACTORS}.bin`)
  if (!existsSync(start)) {
    const random = seededRandom(17)
    const length = (people + items) * FACTORS
    mkdirSync(data, { recursive: true })
    writeFileSync(
      start,
      Float32Array.from({ length }, () => 0.01 * random.next()),
    )
  }
  return { path, start }
}

async function compared(
  options: PeerOptions,
  shape: MatrixShape,
  files: Files,
  threads: number,
  cg: boolean,
): Promise<readonly PeerRow[]> {
  const pair = {
    attune: Side.attune('alsSide.ts'),
    implicit: Side.python(options, 'implicitAls.py', threads),
  }
  const job = { factors: FACTORS, regularization: REGULARIZATION, cg, threads }
  const iterations = ITERATIONS
  const name = `${shape.name}, ${cg ? 'CG-3' : 'Cholesky'}, ${threads} thread${threads > 1 ? 's' : ''}`
  const large = shape === MOVIELENS_20M
  try {
    for (const side of [pair.attune, pair.implicit]) {
      await side.ask('load', { ...files, factors: FACTORS, threads })
    }
    const cpu: number[][] = [[], []]
    const time = async (side: Side, into: number[] = []) => {
      const reply = await side.ask('fit', { ...job, iterations })
      into.push(Number(reply['cpuSeconds']))
      return Number(reply['seconds'])
    }
    const wall = await interleaved(
      options.rounds,
      () => time(pair.attune, cpu[0]),
      () => time(pair.implicit, cpu[1]),
    )
    const [ours = 0, peer = 0] = cpu.map((values) => Math.min(...values))
    const exactBar = threads > 1 ? BARS.exact : undefined
    const bar = cg ? BARS.cg : exactBar
    return [
      { what: `${name}: time`, ...wall, unit: 's', ...(bar !== undefined && large && { bar }) },
      { what: `${name}: least CPU time`, ours, peer, unit: 's', ratio: ours / peer },
      await memoryOf(pair, name, large),
      await lossOf(options, pair, name, cg),
    ]
  } finally {
    pair.attune.stop()
    pair.implicit.stop()
  }
}

async function memoryOf({ attune, implicit }: Pair, name: string, large: boolean) {
  const ours = Number((await attune.ask('idle'))['peakBytes']) / 2 ** 20
  const peer = Number((await implicit.ask('idle'))['peakBytes']) / 2 ** 20
  const bar = large ? { bar: BARS.memory } : {}
  return { what: `${name}: peak memory`, ours, peer, unit: 'MiB', ratio: ours / peer, ...bar }
}

/** The line's ratio is the relative difference of the two losses. */
async function lossOf(
  { data }: PeerOptions,
  { attune, implicit }: Pair,
  name: string,
  cg: boolean,
): Promise<PeerRow> {
  const fitted = { people: join(data, 'fitted-people.bin'), items: join(data, 'fitted-items.bin') }
  await attune.ask('write', fitted)
  const job = { factors: FACTORS, regularization: REGULARIZATION }
  const ours = await implicit.askNumber('loss', { ...job, ...fitted }, 'loss')
  const peer = await implicit.askNumber('loss', job, 'loss')
  const ratio = Math.abs(ours - peer) / peer
  const what = `${name}: loss, and how far apart`
  return { what, ours, peer, unit: '', ratio, bar: cg ? 1e-5 : 1e-6 }
}
