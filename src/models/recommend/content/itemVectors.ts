import type { CsrMatrix } from '../../../math/index.ts'
import type { ItemAttributes, TrainingData } from '../recommender.ts'

/** Items as vectors of length 1 (or 0, where nothing is known): sparse ones of attributes, dense embeddings. */
export interface ItemVectors {
  /** Item × attribute value. */
  readonly sparse: CsrMatrix
  readonly dimensions: number
  /** items × dimensions */
  readonly dense: Float32Array
}

/**
 * Attribute values weighted by rarity, log((items + 1) / items with the value), as in TF-IDF (Salton and
 * Buckley 1988), and the embeddings as they come; each scaled to length 1.
 */
export function itemVectors({ histories, attributes, embeddings }: TrainingData): ItemVectors {
  const { items } = histories
  const dimensions = embeddings?.dimensions ?? 0
  const dense = new Float32Array(items * dimensions)
  if (embeddings !== undefined) {
    dense.set(embeddings.vectors.subarray(0, dense.length))
    for (let i = 0; i < items; i++)
      scaleToUnit(dense.subarray(i * dimensions, (i + 1) * dimensions))
  }
  return { sparse: rarityVectors(items, attributes), dimensions, dense }
}

function rarityVectors(items: number, attributes: ItemAttributes | undefined): CsrMatrix {
  if (attributes === undefined) {
    const start = new Uint32Array(items + 1)
    const nothing = { index: new Int32Array(0), value: new Float32Array(0) }
    return { rows: items, columns: 0, start, ...nothing }
  }
  const known = Math.min(items, attributes.start.length - 1)
  const start = new Uint32Array(items + 1)
  for (let i = 0; i < items; i++) start[i + 1] = attributes.start[Math.min(i + 1, known)] as number
  const index = attributes.index.slice(0, start[items])
  for (let i = 0; i < items; i++) index.subarray(start[i], start[i + 1]).sort()
  const counts = new Float64Array(attributes.values)
  for (const v of index) counts[v] = (counts[v] as number) + 1
  const value = Float32Array.from(index, (v) => Math.log((items + 1) / (counts[v] as number)))
  for (let i = 0; i < items; i++) scaleToUnit(value.subarray(start[i], start[i + 1]))
  return { rows: items, columns: attributes.values, start, index, value }
}

function scaleToUnit(vector: Float32Array): void {
  let sum = 0
  for (const x of vector) sum += x * x
  if (sum === 0) return
  const factor = 1 / Math.sqrt(sum)
  for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] as number) * factor
}
