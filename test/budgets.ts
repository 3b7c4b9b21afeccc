import { Visitor } from 'oxc-parser'
import { isTest, lineAt, type SourceFile } from './source.ts'

export interface FunctionLength {
  /** `path:line name` */
  readonly where: string
  readonly lines: number
}

interface Span {
  readonly start: number
  readonly end: number
}

const TEST_CALLS = new Set([
  'describe',
  'test',
  'it',
  'suite',
  'beforeEach',
  'beforeAll',
  'afterEach',
  'afterAll',
])

/** Name at the root of a call such as `test`, `test.each(rows)`, `describe.skipIf(no)`. */
function calledName(callee: { type: string } & Partial<Record<string, unknown>>): string {
  if (callee.type === 'Identifier') return String(callee['name'])
  const next = callee['object'] ?? callee['callee']
  return typeof next === 'object' && next !== null ? calledName(next as { type: string }) : ''
}

interface Found {
  readonly functions: readonly (Span & { readonly name: string })[]
  /** Bodies handed to describe, test and the like: a list of tests, not one piece of work. */
  readonly testBodies: readonly Span[]
}

function functionsIn(file: SourceFile): Found {
  const functions: (Span & { name: string })[] = []
  const testBodies: Span[] = []
  const names = new Map<Span, string>()
  const add = (node: Span & { id?: { name: string } | null }): void => {
    functions.push({
      start: node.start,
      end: node.end,
      name: node.id?.name ?? names.get(node) ?? '',
    })
  }
  const visitor = new Visitor({
    VariableDeclarator(node) {
      if (node.init !== null && node.id.type === 'Identifier') names.set(node.init, node.id.name)
    },
    MethodDefinition(node) {
      if (node.key.type === 'Identifier' || node.key.type === 'PrivateIdentifier') {
        names.set(node.value, node.key.name)
      }
    },
    CallExpression(node) {
      if (!TEST_CALLS.has(calledName(node.callee as never))) return
      for (const argument of node.arguments) {
        if (/Function/.test(argument.type))
          testBodies.push({ start: argument.start, end: argument.end })
      }
    },
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
  })
  visitor.visit(file.parsed.program)
  return { functions, testBodies }
}

/**
 * Lines of each function from its head to its closing brace, functions inside included.
 * In tests, what is handed to describe or test inside a function does not count for the outer one.
 */
export function functionLengths(file: SourceFile): readonly FunctionLength[] {
  const { functions, testBodies } = functionsIn(file)
  const line = (offset: number): number => lineAt(file.text, offset)
  const inside = (outer: Span): number => {
    const direct = testBodies.filter((body) => body.start > outer.start && body.end < outer.end)
    const top = direct.filter(
      (body) => !direct.some((o) => o.start < body.start && o.end > body.end),
    )
    return top.reduce((sum, body) => sum + line(body.end) - line(body.start), 0)
  }
  return functions.map((span) => {
    const lines = line(span.end) - line(span.start) + 1
    const where = `${file.path}:${line(span.start)} ${span.name}`
    return { where, lines: isTest(file.path) ? lines - inside(span) : lines }
  })
}

/** The value below which a share of the sorted numbers lies (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}

const FORBIDDEN_WORDS = new Set([
  'service',
  'manager',
  'helper',
  'helpers',
  'util',
  'utils',
  'impl',
  'common',
  'misc',
])
const FORBIDDEN_FILES = new Set(['types', 'utils', 'constants', 'helpers', 'common', 'misc'])

function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
}

function isForbidden(name: string): boolean {
  const words = wordsOf(name)
  // "base" says nothing at either end of a type's name; inside it can be a noun (baseline is one word).
  const bare = /^[A-Z]/.test(name) && (words[0] === 'base' || words.at(-1) === 'base')
  return bare || words.some((word) => FORBIDDEN_WORDS.has(word)) || words.at(-1) === 'handler'
}

/** Names that say nothing: of the file, and of what it declares. */
export function emptyNames(file: SourceFile): readonly string[] {
  const fileName = file.path.split('/').at(-1)?.replace(/\..*$/, '') ?? ''
  const declared: string[] = []
  const add = (node: { id?: { name: string } | null }): void => {
    if (node.id !== undefined && node.id !== null) declared.push(node.id.name)
  }
  const visitor = new Visitor({
    ClassDeclaration: add,
    FunctionDeclaration: add,
    TSInterfaceDeclaration: add,
    TSTypeAliasDeclaration: add,
    VariableDeclarator(node) {
      if (node.id.type === 'Identifier') declared.push(node.id.name)
    },
  })
  visitor.visit(file.parsed.program)
  const names = declared.filter(isForbidden)
  if (FORBIDDEN_FILES.has(fileName) || isForbidden(fileName)) names.push(`the file's name`)
  return names.map((name) => `${file.path}: ${name}`)
}

/** Comments that postpone work or switch a check off, and `export *`, which hides what a file offers. */
export function shortcuts(file: SourceFile): readonly string[] {
  const marks =
    /\b(?:TODO|FIXME|XXX|HACK)\b|@ts-(?:ignore|expect-error|nocheck)|(?:oxlint|eslint)-disable/
  const comments = file.parsed.comments
    .filter(({ value }) => marks.test(value))
    .map(({ start, value }) => `${file.path}:${lineAt(file.text, start)} ${marks.exec(value)?.[0]}`)
  const stars = file.parsed.module.staticExports
    .filter(({ entries }) => entries.some(({ importName }) => importName.kind.startsWith('All')))
    .map(({ start }) => `${file.path}:${lineAt(file.text, start)} export *`)
  return [...comments, ...stars]
}
