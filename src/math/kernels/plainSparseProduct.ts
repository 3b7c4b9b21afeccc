import type { CsrMatrix } from '../csrMatrix.ts'
import { TopK } from '../topK.ts'
import type { ProductOptions } from './sparseProduct.ts'

/** As `sparseProduct`, in plain TypeScript, with the same roundings: what the kernel is held to. */
export function plainSparseProduct(
  left: CsrMatrix,
  right: CsrMatrix,
  { keep, leaveOutDiagonal }: Pick<ProductOptions, 'keep' | 'leaveOutDiagonal'>,
): CsrMatrix {
  const start = new Uint32Array(left.rows + 1)
  const entries: [number, number][] = []
  const heap = new TopK()
  for (let r = 0; r < left.rows; r++) {
    const sums = new Float32Array(right.columns)
    for (let e = left.start[r] as number; e < (left.start[r + 1] as number); e++) {
      const k = left.index[e] as number
      for (let f = right.start[k] as number; f < (right.start[k + 1] as number); f++) {
        const c = right.index[f] as number
        const product = Math.fround((left.value[e] as number) * (right.value[f] as number))
        sums[c] = (sums[c] as number) + product
      }
    }
    heap.reset(keep)
    sums.forEach((sum, c) => {
      if (sum > 0 && !(leaveOutDiagonal && c === r)) heap.offer(c, sum)
    })
    const { ids, scores } = heap.ranked()
    const row = Array.from(ids, (id, n): [number, number] => [id, scores[n] as number])
    entries.push(...row.sort((a, b) => a[0] - b[0]))
    start[r + 1] = entries.length
  }
  return {
    rows: left.rows,
    columns: right.columns,
    start,
    index: Int32Array.from(entries, ([column]) => column),
    value: Float32Array.from(entries, ([, value]) => value),
  }
}
