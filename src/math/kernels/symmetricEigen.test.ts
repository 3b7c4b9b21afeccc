import fc from 'fast-check'
import { expect, test } from 'vitest'
import { symmetricEigen } from './symmetricEigen.ts'

const symmetric = fc.integer({ min: 1, max: 24 }).chain((n) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 })), {
      minLength: n * n,
      maxLength: n * n,
    })
    .map((values) => ({
      n,
      matrix: Float64Array.from(values, (_, at) => {
        const [r, c] = [Math.floor(at / n), at % n]
        return values[Math.min(r, c) * n + Math.max(r, c)] ?? 0
      }),
    })),
)

test('eigenvectors are orthonormal, fall by value, and are only stretched by the matrix', () => {
  fc.assert(
    fc.property(symmetric, ({ n, matrix }) => {
      const { values, vectors } = symmetricEigen(matrix, n)
      for (let k = 0; k < n; k++) {
        const v = vectors.subarray(k * n, k * n + n)
        if (k > 0) expect(values[k - 1]).toBeGreaterThanOrEqual(values[k] ?? Number.NaN)
        for (let i = 0; i < n; i++) {
          const image = v.reduce((sum, x, j) => sum + x * (matrix[i * n + j] ?? 0), 0)
          expect(image).toBeCloseTo((values[k] ?? 0) * (v[i] ?? 0), 8)
          const product = v.reduce((sum, x, j) => sum + x * (vectors[i * n + j] ?? 0), 0)
          expect(product).toBeCloseTo(i === k ? 1 : 0, 8)
        }
      }
    }),
  )
})
