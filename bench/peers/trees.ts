import { interleaved, type PeerOptions, type PeerRow, Side } from './peer.ts'
import { seededTable, type TableShape } from './seededTables.ts'

/** Ratios to LightGBM that Attune is held to. */
const BARS = { time: 2, loss: 1.005 }

const PARAMETERS = {
  trees: 150,
  learningRate: 0.05,
  l2: 5,
  rowFraction: 0.8,
  featureFraction: 0.8,
}

const CASES: readonly { shape: TableShape; leaves: number; minLeafRows: number }[] = [
  {
    shape: { name: 'churn-7k', kind: 'churn', train: 7_043, test: 50_000 },
    leaves: 15,
    minLeafRows: 20,
  },
  {
    shape: { name: 'churn-200k', kind: 'churn', train: 200_000, test: 50_000 },
    leaves: 31,
    minLeafRows: 100,
  },
  {
    shape: { name: 'second-stage-200k', kind: 'second-stage', train: 200_000, test: 100_000 },
    leaves: 15,
    minLeafRows: 200,
  },
  {
    shape: { name: 'second-stage-1m', kind: 'second-stage', train: 1_000_000, test: 200_000 },
    leaves: 31,
    minLeafRows: 300,
  },
]

/**
 * Gradient-boosted trees against LightGBM on one thread: same tables, same parameters, binning and training timed as
 * CPU time; then the log-loss of rows that neither has seen, over one seed for each round.
 */
export async function trees(options: PeerOptions): Promise<readonly PeerRow[]> {
  const rows: PeerRow[] = []
  for (const each of options.short ? CASES.slice(0, 1) : CASES) {
    options.say(`trees: ${each.shape.name}`)
    rows.push(...(await compared(options, each)))
  }
  return rows
}

async function compared(
  options: PeerOptions,
  { shape, ...rest }: (typeof CASES)[number],
): Promise<readonly PeerRow[]> {
  const path = seededTable(options.data, shape)
  const attune = Side.attune('treesSide.ts')
  const peer = Side.python(options, 'lightgbmTrees.py')
  const losses = new Map<Side, number[]>([attune, peer].map((side) => [side, []]))
  const predicting = new Map<Side, number[]>([attune, peer].map((side) => [side, []]))
  let withoutBinning = Infinity
  try {
    for (const side of [attune, peer]) await side.ask('load', { path })
    const time = async (side: Side) => {
      const seed = (losses.get(side)?.length ?? 0) + 1
      const reply = await side.ask('fit', { ...PARAMETERS, ...rest, seed })
      withoutBinning = Math.min(withoutBinning, Number(reply['withoutBinning'] ?? Infinity))
      const judged = await side.ask('judge')
      losses.get(side)?.push(Number(judged['loss']))
      predicting.get(side)?.push((1e9 * Number(judged['cpuSeconds'])) / shape.test)
      return Number(reply['cpuSeconds'])
    }
    const fitting = await interleaved(
      options.rounds,
      () => time(attune),
      () => time(peer),
    )
    const of = (values: Map<Side, number[]>, pick: (list: readonly number[]) => number) => {
      const [ours = 0, theirs = 0] = [...values.values()].map(pick)
      return { ours, peer: theirs, ratio: ours / theirs }
    }
    const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length
    const { name } = shape
    return [
      { what: `${name}: CPU time`, ...fitting, unit: 's', bar: BARS.time },
      {
        what: `${name}: CPU time, the peer's without binning`,
        ours: fitting.ours,
        peer: withoutBinning,
        unit: 's',
        ratio: fitting.ours / withoutBinning,
      },
      { what: `${name}: log-loss`, ...of(losses, mean), unit: '', bar: BARS.loss },
      {
        what: `${name}: predicting a row`,
        ...of(predicting, (list) => Math.min(...list)),
        unit: 'ns',
      },
    ]
  } finally {
    attune.stop()
    peer.stop()
  }
}
