import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesBelow, ROOT } from './source.ts'

const BINARY = /\.(png|jpe?g|gif|ico|woff2?|gz|parquet|wasm|db)$/

/** Places of one machine: absolute homes and work folders, neighbours of the clone, package registries. */
const MACHINE: readonly RegExp[] = [
  /(?<![\w./-])\/(?:work|root|home\/[a-z]\w*|Users\/[a-z]\w*)\//i,
  /(?<![\w.])\/tmp\/plan/,
  /\.\.\/shared\b/,
  /https?:\/\/(?:[\w.-]*\.)?(?:registry|npmjs|verdaccio|artifactory)\b/,
]

function faultsOf(text: string): readonly string[] {
  return MACHINE.flatMap((pattern) => pattern.exec(text)?.[0] ?? [])
}

const texts = filesBelow('.').filter((path) => !BINARY.test(path) && !path.endsWith('.log'))

describe('the text of the repository', () => {
  test('names no place of one machine', () => {
    const own = 'test/repositoryText.test.ts'
    const found = texts
      .filter((path) => path !== own)
      .flatMap((path) =>
        faultsOf(readFileSync(join(ROOT, path), 'utf8')).map((f) => `${path}: ${f}`),
      )
    expect(found).toEqual([])
  })

  test('is read whole: the check sees sources, pages and settings', () => {
    expect(texts).toEqual(
      expect.arrayContaining(['README.md', 'package.json', 'src/base/index.ts']),
    )
  })

  test.each([
    'see /work/a',
    '"/root/x"',
    '/home/ann/data',
    '../shared/x',
    'https://registry.npmjs.org/',
  ])('would not pass with %s', (text) => expect(faultsOf(text)).not.toEqual([]))

  test.each(['docs/work/flow.md', 'https://x.example/root/y', '/v1/home/', 'a/home/b/c'])(
    'passes with %s',
    (text) => expect(faultsOf(text)).toEqual([]),
  )
})
