/** X of A·X = B by Gaussian elimination with pivots, in double precision: the plain twin of the kernels. */
export function solvePlainly(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): number[][] {
  const rows = a.map((row, r) => [...row, ...(b[r] ?? [])])
  const n = rows.length
  for (let k = 0; k < n; k++) {
    const size = (r: number) => Math.abs(rows[r]?.[k] ?? 0)
    let pivot = k
    for (let r = k + 1; r < n; r++) if (size(r) > size(pivot)) pivot = r
    const [one = [], other = []] = [rows[k], rows[pivot]]
    rows[k] = other
    rows[pivot] = one
    const head = other[k] ?? Number.NaN
    other.forEach((value, c) => (other[c] = value / head))
    rows.forEach((row, r) => {
      const by = row[k] ?? 0
      if (r !== k) row.forEach((value, c) => (row[c] = value - by * (other[c] ?? 0)))
    })
  }
  return rows.map((row) => row.slice(n))
}

export function identityOf(n: number): number[][] {
  return Array.from({ length: n }, (_, r) =>
    Array.from({ length: n }, (__, c) => (r === c ? 1 : 0)),
  )
}
