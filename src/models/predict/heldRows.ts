import type { TreeParameters } from './treeParameters.ts'
import type { TreeTable } from './treeTable.ts'

/**
 * 1 for each row that only tells when to stop: as the table says, else drawn with its group where stopping early is
 * asked for. All 0 where nothing would be left to learn from.
 */
export function heldRows(table: TreeTable, parameters: TreeParameters, seed: number): Uint8Array {
  const held = table.held?.slice() ?? new Uint8Array(table.rows)
  const share = parameters.earlyStopping > 0 ? parameters.validation : 0
  if (table.held === undefined && share > 0) {
    for (let row = 0; row < table.rows; row++) {
      held[row] = Number(mixed((table.group?.[row] ?? row) + seed) < share * 2 ** 32)
    }
  }
  const teaches = (_: number, row: number): boolean => held[row] === 0 && weightOf(table, row) > 0
  return held.some(teaches) ? held : held.fill(0)
}

export function weightOf(table: TreeTable, row: number): number {
  return table.weight === undefined ? 1 : (table.weight[row] as number)
}

/** Spreads whole numbers over 0 .. 2^32 - 1 (splitmix32 without its increment). */
function mixed(key: number): number {
  let z = Math.imul(key, 0x9e3779b9)
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}
