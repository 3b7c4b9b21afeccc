import { type CsrMatrix, sparseProduct } from '../../../math/index.ts'
import type { FitContext } from '../recommender.ts'

/**
 * A polynomial of a sparse square matrix P without a term of degree 0, by Horner's rule:
 * c₁P + c₂P² + … = P · (c₁I + P · (c₂I + …)).
 *
 * Of each row of a product the `keep` largest positive entries stay; the diagonal of the result is left out.
 * Cost: rows × keep² pairs for each power beyond the first.
 */
export async function polynomialFilter(
  matrix: CsrMatrix,
  coefficients: readonly number[],
  keep: number,
  { threads }: FitContext,
): Promise<CsrMatrix> {
  const [first = 0, ...higher] = coefficients
  const last = higher.at(-1)
  if (last === undefined) return scaled(matrix, first)
  // The innermost factor, c_{n-1} I + c_n P, may hold negative entries: only products are cut to positive ones.
  let inner = plusDiagonal(scaled(matrix, last), coefficients.at(-2) ?? 0)
  for (let degree = coefficients.length - 2; degree >= 1; degree--) {
    const product = await sparseProduct(matrix, inner, { keep, leaveOutDiagonal: false, threads })
    inner = plusDiagonal(product, coefficients[degree - 1] as number)
  }
  return sparseProduct(matrix, inner, { keep, leaveOutDiagonal: true, threads })
}

function scaled(matrix: CsrMatrix, by: number): CsrMatrix {
  return { ...matrix, value: matrix.value.map((entry) => entry * by) }
}

/** The matrix plus a number, or a number for each row, on its diagonal. Columns rise before and after. */
export function plusDiagonal(matrix: CsrMatrix, diagonal: number | Float32Array): CsrMatrix {
  const { rows, columns, start } = matrix
  const size = (start[rows] as number) + rows
  const index = new Int32Array(size)
  const value = new Float32Array(size)
  const starts = new Uint32Array(rows + 1)
  let at = 0
  for (let r = 0; r < rows; r++) {
    let pending = true
    const own = typeof diagonal === 'number' ? diagonal : (diagonal[r] as number)
    const end = start[r + 1] as number
    for (let e = start[r] as number; e < end; e++) {
      const c = matrix.index[e] as number
      if (pending && c >= r) {
        pending = false
        index[at] = r
        value[at++] = own + (c === r ? (matrix.value[e] as number) : 0)
        if (c === r) continue
      }
      index[at] = c
      value[at++] = matrix.value[e] as number
    }
    if (pending) {
      index[at] = r
      value[at++] = own
    }
    starts[r + 1] = at
  }
  return {
    rows,
    columns,
    start: starts,
    index: index.slice(0, at),
    value: value.slice(0, at),
  }
}
