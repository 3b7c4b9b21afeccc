import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cycles, type Import, importFaults, readImportTable, tableFaults } from './boundaries.ts'
import {
  filesBelow,
  isTest,
  parseSource,
  requestsOf,
  ROOT,
  sourceFiles,
  targetOf,
} from './source.ts'

const markdown = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')
const table = readImportTable(markdown)
const imports: readonly Import[] = sourceFiles().flatMap((file) =>
  requestsOf(file).flatMap((request) => {
    const to = targetOf(file.path, request)
    return to === undefined ? [] : [{ from: file.path, to }]
  }),
)

function domains(): readonly string[] {
  return readdirSync(join(ROOT, 'src')).filter((name) => filesBelow(`src/${name}`).length > 0)
}

describe('the floor plan', () => {
  test('lists only imports of lower floors', () => {
    expect(tableFaults(table)).toEqual([])
  })

  test('has a row for every domain that exists', () => {
    expect(domains().filter((name) => !table.has(name))).toEqual([])
  })

  test('is kept by every import', () => {
    expect(importFaults(imports, table)).toEqual([])
  })

  test('has no ring of files', () => {
    expect(cycles(imports)).toEqual([])
  })

  test('gives every domain one way in', () => {
    const inside = domains().filter((name) => name !== 'cli')
    expect(inside.filter((name) => !existsSync(join(ROOT, 'src', name, 'index.ts')))).toEqual([])
  })
})

/** Domains whose results are decided by their input alone: no clock, no chance, no disk, no network. */
const PURE = [
  'math',
  'models',
  'events',
  'catalog',
  'profiles',
  'training',
  'decisions',
  'simulator',
]
const CLOCK_OR_CHANCE =
  /\b(?:Date\.now|Math\.random|performance\.now|randomUUID|randomBytes)\b|new Date\(\)/

describe('purity', () => {
  const pure = sourceFiles().filter(
    ({ path }) => PURE.some((name) => path.startsWith(`src/${name}/`)) && !isTest(path),
  )

  test('what must be repeatable reads neither clock nor chance', () => {
    const code = pure.map(({ path, text, parsed }) => {
      let bare = text
      for (const { start, end } of parsed.comments) {
        bare = bare.slice(0, start) + ' '.repeat(end - start) + bare.slice(end)
      }
      return { path, found: CLOCK_OR_CHANCE.exec(bare)?.[0] }
    })
    expect(code.filter(({ found }) => found !== undefined)).toEqual([])
  })

  test('models and math import neither Node.js nor packages, but for loading kernels', () => {
    const loading = /^src\/math\/kernels\/kernel(?:Module|Team|Worker)\.ts$/
    const found = pure
      .filter(({ path }) => /^src\/(?:models|math)\//.test(path) && !loading.test(path))
      .flatMap((file) => requestsOf(file).map((request) => `${file.path}: ${request}`))
    expect(found.filter((line) => !/: \.{1,2}\//.test(line))).toEqual([])
  })
})

describe('the checks themselves', () => {
  const floors = readImportTable(
    '<!-- imports:begin -->\n| d |\n|---|\n| base | 0 | | x |\n| store | 1 | base | x |\n| events | 2 | base store | x |\n<!-- imports:end -->',
  )

  test.each([
    ['src/store/a.ts', 'src/events/index.ts', 'store may not import events'],
    ['src/events/a.ts', 'src/store/eventLog.ts', 'only src/store/index.ts'],
    ['src/events/a.ts', 'tools/a.ts', 'nothing outside src/'],
    ['console/src/a.ts', 'src/events/index.ts', 'by HTTP only'],
  ])('refuse %s importing %s', (from, to, reason) => {
    expect(importFaults([{ from, to }], floors).join()).toContain(reason)
  })

  test('allow what the table lists', () => {
    const edges = [
      { from: 'src/events/a.ts', to: 'src/store/index.ts' },
      { from: 'src/events/a.ts', to: 'src/events/b.ts' },
      { from: 'test/a.ts', to: 'src/events/b.ts' },
    ]
    expect(importFaults(edges, floors)).toEqual([])
  })

  test('find a ring, and a row that points upward', () => {
    const ring = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b' },
    ]
    expect(cycles(ring)).toEqual(['b → c → b'])
    expect(
      tableFaults(new Map([['base', { floor: 0, may: new Set(['base', 'gone']) }]])),
    ).toHaveLength(2)
  })

  test('see every way of asking for a module', () => {
    const file = parseSource(
      'src/x/a.ts',
      `import a from './1.ts'
       import type { B } from './2.ts'
       export { c } from './3.ts'
       export type { D } from './4.ts'
       const e = await import('./5.ts')
       type F = import('./6.ts').F
       const g = new URL('./7.ts', import.meta.url)
       import './8.ts'
       export * from './9.ts'`,
    )
    const numbers = requestsOf(file).map((request) => request.replaceAll(/\D/g, ''))
    expect(numbers.sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })
})
