import { expect, test } from 'vitest'
import { KernelMemory } from './kernelMemory.ts'
import { KernelTeam } from './kernelTeam.ts'

test.each([1, 2, 3])('%s threads share the rows of a matrix and miss none', async (threads) => {
  const rows = 3_001
  const columns = 13
  const memory = new KernelMemory(4 * (rows * columns + columns + rows + 1))
  const next = memory.i32(1)
  const matrix = memory.f32(rows * columns)
  const x = memory.f32(columns)
  const out = memory.f32(rows)
  matrix.view.forEach((_, k) => (matrix.view[k] = (k % 7) - 3))
  x.view.forEach((_, k) => (x.view[k] = k - 4))
  const team = new KernelTeam('dense', memory, threads)
  for (let round = 0; round < 3; round++) {
    next.view[0] = 0
    out.view.fill(Number.NaN)
    team.run('innerProducts', next.at, matrix.at, rows, columns, x.at, out.at)
    const expected = Float32Array.from({ length: rows }, (_, r) =>
      x.view.reduce((sum, value, k) => sum + value * (matrix.view[r * columns + k] ?? 0), 0),
    )
    expect(out.view).toEqual(expected)
  }
  await team.close()
})

test('a region that does not fit is refused', () => {
  const memory = new KernelMemory(1_000)
  expect(() => memory.f32(1_000_000)).toThrow(/MiB/)
  expect(() => new KernelMemory(2 ** 40)).toThrow(/MiB/)
})
