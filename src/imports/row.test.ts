import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RowCutter } from './row.ts'
import type { TextBlock } from './textBlocks.ts'

const CSV = { delimiter: ',', quotes: true }

function block(text: string, line = 1, byte = 0): TextBlock {
  const endByte = byte + Buffer.byteLength(text)
  return { text, byte, line, endByte, bytesRead: endByte, clean: true, tooLong: false }
}

function cutWhole(text: string) {
  const { rows, rejected } = new RowCutter('f.csv', CSV).cut(block(text), true)
  return { rows: rows.map(({ line, fields }) => [line, fields] as const), rejected }
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

describe('cutting CSV into rows', () => {
  test('reads quoted fields with delimiters, doubled quotes and line ends', () => {
    expect(cutWhole('a,"b,c","d ""e"""\n"x\ny",1,2\nlast,3,4\n').rows).toEqual([
      [1, ['a', 'b,c', 'd "e"']],
      [2, ['x\ny', '1', '2']],
      [4, ['last', '3', '4']],
    ])
  })

  test('takes LF, CRLF and CR in one file', () => {
    expect(cutWhole('a,1\r\nb,2\nc,3\rd,"4"\r\n').rows).toEqual([
      [1, ['a', '1']],
      [2, ['b', '2']],
      [3, ['c', '3']],
      [4, ['d', '4']],
    ])
  })

  test('a quote that is never closed costs its own line only', () => {
    const { rows, rejected } = cutWhole('a,1\nb,"open\nc,3\nd,"4"\n')
    expect(rows).toEqual([
      [1, ['a', '1']],
      [3, ['c', '3']],
      [4, ['d', '4']],
    ])
    expect(rejected).toMatchObject([{ line: 2, column: '2', code: 'IMPORTS_BROKEN_QUOTES' }])
  })

  test('text after a closing quote costs its own line only, named by line and column', () => {
    const { rows, rejected } = cutWhole('a,"1"\nb,"2"x\nc,"3"\nd,4\n')
    expect(rows.map(([line]) => line)).toEqual([1, 3, 4])
    expect(rejected).toMatchObject([{ line: 2, column: '2', code: 'IMPORTS_BROKEN_QUOTES' }])
  })

  test('a broken row of several lines gives the later lines their chance', () => {
    const { rows, rejected } = cutWhole('a,"1"x"\nb,2\nc","3"\nd,"4"\n')
    expect(rows.map(([line]) => line)).toContain(2)
    expect(rows.map(([line]) => line)).toContain(4)
    expect(rejected.map(({ line }) => line)).toContain(1)
  })

  test('a row that goes on in the next block is cut once, at its own line', () => {
    const cutter = new RowCutter('f.csv', CSV)
    const one = cutter.cut(block('a,1\nb,"two\n'), false)
    const two = cutter.cut(block('lines"\nc,3\n', 3, 11), true)
    expect(one.rows).toEqual([{ line: 1, fields: ['a', '1'] }])
    expect(one).toMatchObject({ endByte: 4, endLine: 2 })
    expect(two.rows).toEqual([
      { line: 2, fields: ['b', 'two\nlines'] },
      { line: 4, fields: ['c', '3'] },
    ])
    expect(two.endLine).toBe(5)
    expect(two.byteOf(4)).toBe(18)
  })

  test('any table survives writing and reading, wherever the blocks are cut', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é', ' ', ';') })
    const table = fc.array(fc.tuple(fc.constant('k'), field, field), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(table, fc.nat(), (rows, cut) => {
        const lines = rows.map((row) => `${row.map(quoted).join(',')}\n`)
        const text = lines.join('')
        // Blocks end at line ends, also at those inside quotes.
        const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1)
        const at = ends[cut % ends.length] ?? text.length
        const cutter = new RowCutter('f.csv', CSV)
        const head = text.slice(0, at)
        const first = cutter.cut(block(head), false)
        const rest = block(text.slice(at), head.split('\n').length, Buffer.byteLength(head))
        const second = cutter.cut(rest, true)
        const found = [...first.rows, ...second.rows].map(({ fields }) => fields)
        expect(found).toEqual(rows)
        expect([...first.rejected, ...second.rejected]).toEqual([])
      }),
    )
  })
})
