import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { IdColumn, NumberColumn } from './column.ts'
import { readColumns } from './readColumns.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-columns-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

async function read(bytes: string | Uint8Array, columns: Record<string, IdColumn | NumberColumn>) {
  const path = join(directory, 'table.tsv')
  writeFileSync(path, bytes)
  return readColumns({ path, file: 'table.tsv' }, new Map(Object.entries(columns)))
}

const names = ({ codes, dictionary }: IdColumn): string[] =>
  Array.from(codes, (code) => dictionary.name(code))

describe('readColumns', () => {
  test('finds columns by name and numbers equal ids alike', async () => {
    const user = new IdColumn()
    const position = new NumberColumn()
    const text = 'item\tuser\tposition\na\tx\t1\nb\ty\t2\nc\tx\t3\n'
    expect(await read(text, { user, position })).toBe(3)
    expect([...user.codes]).toEqual([0, 1, 0])
    expect([...position.values]).toEqual([1, 2, 3])
  })

  test('keeps ids as they are: spaces, emoji, quotes, leading zeros', async () => {
    const item = new IdColumn()
    const ids = [' a b ', '🎁 gift', '"quoted', '007', '7', 'é']
    await read(`item\n${ids.join('\n')}\n`, { item })
    expect(names(item)).toEqual(ids)
    expect(item.dictionary.size).toBe(6)
  })

  test('reads numbers as JavaScript does', async () => {
    const n = new NumberColumn()
    const texts = [
      '0',
      '-7',
      '2.55',
      '-.5',
      '1e3',
      '12345678901234567890',
      '0.1',
      '3.',
      '+4',
      ' 5 ',
    ]
    await read(`n\n${texts.join('\n')}\n`, { n })
    expect([...n.values]).toEqual(texts.map(Number))
  })

  test('takes lines that lie in two pieces of a packed file', async () => {
    const user = new IdColumn()
    const rows = Array.from({ length: 60_000 }, (_, r) => `person ${r % 5_000}\t${r}`)
    const n = new NumberColumn()
    expect(await read(gzipSync(`user\tn\n${rows.join('\n')}`), { user, n })).toBe(60_000)
    expect(user.dictionary.size).toBe(5_000)
    expect(names(user)[59_999]).toBe('person 4999')
    expect(n.values.every((value, r) => value === r)).toBe(true)
  })

  test('skips blank lines and a byte order mark, takes CRLF, leaves an absent optional column empty', async () => {
    const user = new IdColumn()
    const time = new NumberColumn({ optional: true })
    expect(await read('\uFEFFuser\r\na\r\n\r\nb\r\n', { user, time })).toBe(2)
    expect(names(user)).toEqual(['a', 'b'])
    expect(time.values).toHaveLength(0)
  })
})

describe('a table that cannot be read is named with its line', () => {
  const packed = gzipSync(Array.from({ length: 50_000 }, (_, r) => `u${r}\ti${r * 7}`).join('\n'))
  const damaged = Uint8Array.from(packed)
  damaged.fill(0xff, damaged.length >> 1, (damaged.length >> 1) + 200)

  test.each([
    ['IMPORTS_EMPTY_FILE', '', /table\.tsv/],
    ['IMPORTS_MISSING_COLUMN', 'user\tname\na\tb\n', /line 1 has no column "n"; it has user, name/],
    ['IMPORTS_RAGGED_ROW', 'user\tn\na\t1\nb\n', /line 3 has 1 fields, expected 2/],
    ['IMPORTS_RAGGED_ROW', 'user\tn\na\t1\t2\n', /line 2 has 3 fields/],
    ['IMPORTS_BAD_FIELD', 'user\tn\na\t1\n\t2\n', /line 3: user is "", expected an id/],
    ['IMPORTS_BAD_FIELD', 'user\tn\na\tmany\n', /line 2: n is "many", expected a number/],
    ['IMPORTS_BAD_FIELD', 'user\tn\na\t1e999\n', /expected a number/],
    ['IMPORTS_BAD_FIELD', 'user\tn\na\t\n', /line 2: n is ""/],
    ['IMPORTS_LINE_TOO_LONG', `user\tn\na${'x'.repeat(2_000_000)}`, /after line 1/],
  ])('%s', async (code, text, message) => {
    await expect(read(text, { user: new IdColumn(), n: new NumberColumn() })).rejects.toMatchObject(
      {
        code,
        message: expect.stringMatching(message),
      },
    )
  })

  test.each([
    ['cut off', packed.subarray(0, packed.length - 5_000), 'IMPORTS_BROKEN_ARCHIVE'],
    ['damaged', damaged, expect.stringMatching(/^IMPORTS_(BROKEN_ARCHIVE|RAGGED_ROW|BAD_FIELD)$/)],
  ])('when its archive is %s', async (_, bytes, code) => {
    const user = new IdColumn()
    const header = gzipSync('user\titem\n')
    const all = new Uint8Array(header.length + bytes.length)
    all.set(header)
    all.set(bytes, header.length)
    await expect(read(all, { user, item: new IdColumn() })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/table\.tsv (after )?line \d+/),
    })
  })
})
