import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyNames, functionLengths, quantile, shortcuts } from './budgets.ts'
import { filesBelow, isTest, parseSource, ROOT, sourceFiles } from './source.ts'

/** Tables and generated files may be longer than a file of code. */
const LONG_FILES: ReadonlySet<string> = new Set<string>([])

const files = sourceFiles()
const product = files.filter(({ path }) => /^(?:src|console)\//.test(path) && !isTest(path))

function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

describe('sizes', () => {
  test('no function has more than 100 lines; one above 60 deserves a second look', () => {
    const lengths = files.flatMap(functionLengths)
    const long = lengths.filter(({ lines }) => lines > 60).sort((a, b) => b.lines - a.lines)
    for (const { where, lines } of long) console.info(`second look: ${where} has ${lines} lines`)
    expect(long.filter(({ lines }) => lines > 100)).toEqual([])
  })

  test('19 of 20 functions of the product have at most 40 lines', () => {
    const lengths = product.flatMap(functionLengths).map(({ lines }) => lines)
    expect(quantile(lengths, 0.95)).toBeLessThanOrEqual(40)
  })

  test('no file has more than 600 lines; one above 400 deserves a second look', () => {
    const sizes = files.map(({ path, text }) => ({ path, lines: lineCount(text) }))
    const long = sizes.filter(({ path, lines }) => lines > 400 && !LONG_FILES.has(path))
    for (const { path, lines } of long) console.info(`second look: ${path} has ${lines} lines`)
    expect(long.filter(({ lines }) => lines > 600)).toEqual([])
  })

  test('no component of the console has more than 250 lines', () => {
    const components = product.filter(({ path }) => path.endsWith('.tsx'))
    expect(components.filter(({ text }) => lineCount(text) > 250).map(({ path }) => path)).toEqual(
      [],
    )
  })

  test('base stays small', () => {
    const base = product.filter(({ path }) => path.startsWith('src/base/'))
    expect(base.reduce((sum, { text }) => sum + lineCount(text), 0)).toBeLessThanOrEqual(1_500)
  })
})

describe('names and shortcuts', () => {
  test('no name is empty of meaning', () => {
    expect(files.flatMap(emptyNames)).toEqual([])
  })

  test('nothing is postponed, silenced or exported wholesale', () => {
    expect(files.flatMap(shortcuts)).toEqual([])
  })

  test('the environment is read in one file', () => {
    const readers = product.filter(
      ({ path, text }) => /^src\/.*\.ts$/.test(path) && /process\.env\b/.test(text),
    )
    expect(readers.map(({ path }) => path)).toEqual(['src/app/config.ts'])
  })

  test('errors are declared in errors.ts', () => {
    const places = product.filter(({ text }) => /\bdefineErrors\(/.test(text))
    const elsewhere = places.filter(({ path }) => !path.endsWith('/errors.ts'))
    expect(elsewhere.map(({ path }) => path)).toEqual([])
  })
})

describe('design pages', () => {
  const domains = readdirSync(join(ROOT, 'src')).filter(
    (name) => name !== 'base' && filesBelow(`src/${name}`).length > 0,
  )

  test('every domain has one', () => {
    expect(domains.filter((name) => !existsSync(join(ROOT, 'src', name, 'DESIGN.md')))).toEqual([])
  })

  test('none has more than 150 lines', () => {
    const pages = filesBelow('src').filter((path) => path.endsWith('DESIGN.md'))
    expect(pages.filter((path) => lineCount(read(path)) > 150)).toEqual([])
  })
})

describe('the checks themselves', () => {
  const body = (lines: number): string => '  x()\n'.repeat(lines)

  test('count the lines of a function, whatever its form', () => {
    const text = `function a() {\n${body(3)}}\nconst b = () => {\n${body(4)}}\nclass C {\n  d() {\n${body(5)}  }\n}\n`
    const found = functionLengths(parseSource('src/x/a.ts', text))
    expect(found.map(({ where, lines }) => `${where} ${lines}`).sort()).toEqual([
      'src/x/a.ts:1 a 5',
      'src/x/a.ts:13 d 7',
      'src/x/a.ts:6 b 6',
    ])
  })

  test('do not count single tests for the list that holds them', () => {
    const text = `describe('x', () => {\n  test.each([1])('y', () => {\n${body(50)}  })\n  it('z', () => {\n${body(60)}  })\n})\n`
    const lengths = functionLengths(parseSource('src/x/a.test.ts', text)).map(({ lines }) => lines)
    expect(lengths.sort((a, b) => a - b)).toEqual([4, 52, 62])
    const asCode = functionLengths(parseSource('src/x/a.ts', text)).map(({ lines }) => lines)
    expect(Math.max(...asCode)).toBe(116)
  })

  test('find names that say nothing', () => {
    const text = `class EventManager {}\ninterface BaseModel {}\nconst dateUtils = 1\nfunction clickHandler() {}\nconst baseline = 2\nclass Database {}\nconst serviceable = 3`
    expect(emptyNames(parseSource('src/x/a.ts', text))).toHaveLength(4)
    expect(emptyNames(parseSource('src/x/types.ts', 'let a = 1'))).toHaveLength(1)
    expect(emptyNames(parseSource('src/x/queryHelper.test.ts', 'let a = 1'))).toHaveLength(1)
  })

  test('find shortcuts in comments only', () => {
    const text = `// TODO later\nconst text = 'TODO'\nexport * from './b.ts'\nexport * as c from './c.ts'\n/* oxlint-disable */`
    expect(shortcuts(parseSource('src/x/a.ts', text))).toHaveLength(4)
  })

  test('take the nearest rank as quantile', () => {
    expect(
      quantile(
        Array.from({ length: 20 }, (_, i) => i + 1),
        0.95,
      ),
    ).toBe(19)
    expect(quantile([], 0.95)).toBe(0)
  })
})
