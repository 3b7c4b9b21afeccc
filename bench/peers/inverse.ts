import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../../src/base/index.ts'
import { interleaved, type PeerOptions, type PeerRow, Side } from './peer.ts'

/** Ratio to scipy's time at 10,240 items that Attune is held to. */
const BAR = 2.5
const SIZES = [2_048, 4_096, 10_240]
const FACTORS = 256

/**
 * The inverse of EASE: a symmetric positive definite matrix of single-precision numbers on one thread, against
 * scipy's spotrf and spotri (which leave one triangle; Attune fills both). CPU seconds, as both stay on one core.
 */
export async function inverse(options: PeerOptions): Promise<readonly PeerRow[]> {
  const rows: PeerRow[] = []
  for (const items of options.short ? [300] : SIZES) {
    options.say(`inverse: ${items} items`)
    const path = seededFactors(options.data, items)
    const attune = Side.attune('inverseSide.ts')
    const peer = Side.python(options, 'scipyInverse.py')
    try {
      const time = (side: Side) =>
        side.askNumber('invert', { path, items, factors: FACTORS }, 'cpuSeconds')
      // The first call of a side compiles what later ones find ready; one of 10,240 items warms up while it runs.
      if (items < 10_000) await Promise.all([attune, peer].map(time))
      const times = await interleaved(
        items < 10_000 ? 2 * options.rounds + 1 : options.rounds,
        () => time(attune),
        () => time(peer),
      )
      const bar = items === 10_240 ? { bar: BAR } : {}
      rows.push({ what: `${items} items, 1 thread`, ...times, unit: 'CPU s', ...bar })
      rows.push(await errors(attune, peer, items))
    } finally {
      attune.stop()
      peer.stop()
    }
  }
  return rows
}

/** The largest entry of A·A⁻¹ − I in some rows, of the last inverse of each side. */
async function errors(attune: Side, peer: Side, items: number): Promise<PeerRow> {
  const [ours, theirs] = await Promise.all(
    [attune, peer].map((side) => side.askNumber('error', { rows: 10 }, 'error')),
  )
  const [mine, other] = [ours ?? Number.NaN, theirs ?? Number.NaN]
  return {
    what: `${items} items, error in 1e-6`,
    ours: 1e6 * mine,
    peer: 1e6 * other,
    unit: '',
    ratio: mine / other,
  }
}

/** A file of items × 256 numbers X, made once; the matrix is X·Xᵀ with twice its mean diagonal added to it. */
function seededFactors(folder: string, items: number): string {
  const path = join(folder, `inverse-${items}.bin`)
  if (existsSync(path)) return path
  const random = seededRandom(31)
  const numbers = new Float32Array(items * FACTORS)
  for (let i = 0; i < items; i++) {
    // Popularity falls as in real catalogues, and with it the length of a row.
    const length = 30 / Math.sqrt(1 + i / 20)
    for (let k = 0; k < FACTORS; k++) numbers[i * FACTORS + k] = length * (random.next() - 0.3)
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, numbers)
  return path
}
