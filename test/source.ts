import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync, Visitor, type ParseResult } from 'oxc-parser'

export const ROOT = join(import.meta.dirname, '..')

const LEFT_OUT = new Set(['node_modules', 'dist', 'build', 'coverage', '.git', '.attune'])

/** Folders with this prefix come and go while tests run. */
export const SCRATCH = 'tmp-'

/** Paths of all files below a folder of the repository, relative to its root, sorted; no build output. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name) && !name.startsWith(SCRATCH))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesBelow(path)
      return entry.isFile() ? [path] : []
    })
    .sort()
}

/** Folders that hold code of ours. */
const CODE = ['src', 'console', 'test', 'tools', 'bench']

export interface SourceFile {
  /** Relative to the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
  readonly parsed: ParseResult
}

/** Reads and parses a source text. @throws when it does not parse: a check of a half-read file proves nothing */
export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text)
  const error = parsed.errors[0]
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  return { path, text, parsed }
}

let cached: readonly SourceFile[] | undefined

/** Every TypeScript and JavaScript file of the repository. */
export function sourceFiles(): readonly SourceFile[] {
  cached ??= CODE.flatMap(filesBelow)
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8')))
  return cached
}

export function isTest(path: string): boolean {
  return (
    /(?:\.test|\/contract)\.tsx?$/.test(path) ||
    path.includes('/contract/') ||
    path.startsWith('test/')
  )
}

const lineEnds = new Map<string, readonly number[]>()

/** Line of a place in a text, from 1. */
export function lineAt(text: string, offset: number): number {
  let ends = lineEnds.get(text)
  if (ends === undefined) {
    ends = [...text.matchAll(/\n/g)].map(({ index }) => index)
    lineEnds.set(text, ends)
  }
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low + 1
}

/** Module names that a file asks for: imports, re-exports, dynamic imports, type imports, worker URLs. */
export function requestsOf(file: SourceFile): readonly string[] {
  const found: string[] = []
  const { module, program } = file.parsed
  for (const { moduleRequest } of module.staticImports) found.push(moduleRequest.value)
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) found.push(moduleRequest.value)
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const text = file.text.slice(moduleRequest.start, moduleRequest.end)
    if (/^(['"`]).*\1$/.test(text)) found.push(text.slice(1, -1))
  }
  const visitor = new Visitor({
    TSImportType(node) {
      if (node.source.type === 'Literal') found.push(node.source.value)
    },
    NewExpression(node) {
      const [first] = node.arguments
      const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL'
      if (!isUrl || first?.type !== 'Literal' || typeof first.value !== 'string') return
      if (/^\.{1,2}\/.*\.(ts|mjs|js)$/.test(first.value)) found.push(first.value)
    },
  })
  visitor.visit(program)
  return found
}

/** Path of the file that a relative request names, relative to the root; undefined for packages. */
export function targetOf(from: string, request: string): string | undefined {
  if (!request.startsWith('.')) return undefined
  return relative(ROOT, resolve(ROOT, dirname(from), request))
}
