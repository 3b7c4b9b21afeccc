import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { declaredErrors, errorsPage } from '../tools/errorsDoc.ts'
import { isTest, ROOT, sourceFiles } from './source.ts'

const errors = await declaredErrors()

describe('error codes', () => {
  test('docs/errors.md says what the code says (node tools/errorsDoc.ts --write)', () => {
    expect(readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8')).toBe(errorsPage(errors))
  })

  test('begin with their domain, stand once, and say what happened and what to do', () => {
    const codes = errors.map(({ code }) => code)
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([])
    const faults = errors.filter(
      ({ domain, code, status, meaning, remedy }) =>
        !code.startsWith(`${domain.toUpperCase()}_`) ||
        !/^[A-Z][A-Z0-9_]+$/.test(code) ||
        !(status >= 200 && status < 600) ||
        !/[.!]$/.test(meaning) ||
        !/[.!]$/.test(remedy),
    )
    expect(faults.map(({ code }) => code)).toEqual([])
  })

  test('are all made somewhere: a code that nothing throws is not kept', () => {
    const product = sourceFiles().filter(({ path }) => path.startsWith('src/') && !isTest(path))
    const unused = errors.filter(
      ({ code }) =>
        !product.some(({ path, text }) => !path.endsWith('/errors.ts') && text.includes(code)),
    )
    expect(unused.map(({ code }) => code)).toEqual([])
  })
})
