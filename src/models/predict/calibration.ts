/** A rising map from scores to probabilities: straight lines between points, level beyond the first and the last. */
export interface Calibration {
  /** Rising. */
  readonly score: Float32Array
  /** Not falling, from 0 to 1. */
  readonly probability: Float32Array
}

/** What was predicted, what came of it (1 or 0) and how much each row counts. */
export interface CalibrationRows {
  readonly score: Float32Array
  readonly label: Float32Array
  /** Absent: 1 each. Sampled rows weigh 1 over their chance. */
  readonly weight?: Float32Array
}

/** A run of rows in the order of their scores that share one rate. */
interface Block {
  weight: number
  score: number
  hits: number
}

/** Neighbouring blocks are joined until there are no more: finer steps are noise. */
const MOST_POINTS = 200

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al., Annals of Mathematical Statistics 1955; for
 * probabilities: Zadrozny and Elkan, KDD 2002), fitted on rows that the scorer did not learn from. Each block counts one
 * row more at the rate of all, so that one lucky row at the top is no certainty. Cost: that of sorting the rows.
 */
export function fitCalibration({ score, label, weight }: CalibrationRows): Calibration {
  const order = Uint32Array.from(score, (_, row) => row)
  order.sort((a, b) => (score[a] as number) - (score[b] as number) || a - b)
  const rows = Array.from(order, (row): Block => {
    const own = weight?.[row] ?? 1
    return { weight: own, score: own * (score[row] as number), hits: own * (label[row] as number) }
  })
  const total = rows.reduce((sum, block) => sum + block.weight, 0)
  if (total === 0) return { score: new Float32Array(0), probability: new Float32Array(0) }
  const rate = rows.reduce((sum, block) => sum + block.hits, 0) / total
  const even = pooled(joinedEqual(rows)).map((block): Block => ({
    weight: block.weight + 1,
    score: (block.score / block.weight) * (block.weight + 1),
    hits: block.hits + rate,
  }))
  const points = thinned(pooled(even))
  return {
    score: Float32Array.from(points, (block) => block.score / block.weight),
    probability: Float32Array.from(points, (block) => block.hits / block.weight),
  }
}

/** Rows of one score as one block: between them there is no order. */
function joinedEqual(rows: readonly Block[]): readonly Block[] {
  const blocks: Block[] = []
  for (const row of rows) {
    const last = blocks[blocks.length - 1]
    if (last !== undefined && last.score / last.weight === row.score / row.weight) add(last, row)
    else blocks.push({ ...row })
  }
  return blocks
}

/** Joins neighbours until the rates rise. */
function pooled(rows: readonly Block[]): readonly Block[] {
  const blocks: Block[] = []
  for (const row of rows) {
    let block = { ...row }
    for (
      let last = blocks[blocks.length - 1];
      last !== undefined;
      last = blocks[blocks.length - 1]
    ) {
      if (last.hits * block.weight < block.hits * last.weight) break
      block = add({ ...last }, block)
      blocks.pop()
    }
    blocks.push(block)
  }
  return blocks
}

/** At most MOST_POINTS blocks: those with the fewest hits are joined to their neighbours. */
function thinned(blocks: readonly Block[]): readonly Block[] {
  if (blocks.length <= MOST_POINTS) return blocks
  const hits = blocks.reduce((sum, block) => sum + block.hits, 0)
  const kept: Block[] = []
  for (const block of blocks) {
    const last = kept[kept.length - 1]
    if (last !== undefined && last.hits < hits / MOST_POINTS) add(last, block)
    else kept.push({ ...block })
  }
  return kept
}

function add(to: Block, other: Block): Block {
  to.weight += other.weight
  to.score += other.score
  to.hits += other.hits
  return to
}

/** The probability that goes with a score. NaN where there is nothing to go by. */
export function probabilityOf({ score, probability }: Calibration, of: number): number {
  let low = 0
  let high = score.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((score[middle] as number) < of) low = middle + 1
    else high = middle
  }
  if (low === 0) return probability[0] ?? Number.NaN
  if (low === score.length) return probability[low - 1] as number
  const before = score[low - 1] as number
  const share = (of - before) / ((score[low] as number) - before)
  const from = probability[low - 1] as number
  return from + share * ((probability[low] as number) - from)
}
