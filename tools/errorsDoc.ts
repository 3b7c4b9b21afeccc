/**
 * The page of error codes, made from every `src/<domain>/errors.ts`.
 *
 *     node tools/errorsDoc.ts           prints it
 *     node tools/errorsDoc.ts --write   writes docs/errors.md
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ErrorKind } from '../src/base/index.ts'

const ROOT = join(import.meta.dirname, '..')

export interface DeclaredError extends ErrorKind {
  readonly domain: string
  readonly code: string
}

function isErrorKind(value: unknown): value is ErrorKind {
  return (
    typeof value === 'object' &&
    value !== null &&
    'status' in value &&
    'meaning' in value &&
    'remedy' in value
  )
}

function kindsOf(exported: unknown): readonly (readonly [string, ErrorKind])[] {
  if (typeof exported !== 'object' || exported === null || !('kinds' in exported)) return []
  return Object.entries(Object(exported.kinds) as Record<string, unknown>).flatMap(([code, kind]) =>
    isErrorKind(kind) ? [[code, kind] as const] : [],
  )
}

/** Every error that a domain declares, ordered by domain and code. */
export async function declaredErrors(): Promise<readonly DeclaredError[]> {
  const found: DeclaredError[] = []
  for (const domain of readdirSync(join(ROOT, 'src')).sort()) {
    const file = join(ROOT, 'src', domain, 'errors.ts')
    if (domain === 'base' || !existsSync(file)) continue
    const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>
    const kinds = Object.values(module).flatMap(kindsOf)
    for (const [code, kind] of kinds) found.push({ domain, code, ...kind })
  }
  return found.sort((a, b) => (a.domain + a.code < b.domain + b.code ? -1 : 1))
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}

/** The page as Markdown. */
export function errorsPage(errors: readonly DeclaredError[]): string {
  const domains = [...new Set(errors.map(({ domain }) => domain))]
  const sections = domains.map((domain) => {
    const rows = errors
      .filter((error) => error.domain === domain)
      .map(
        ({ code, status, meaning, remedy }) =>
          `| \`${code}\` | ${status} | ${cell(meaning)} | ${cell(remedy)} |`,
      )
    return `## ${domain}\n\n| code | status | what happened | what to do |\n|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# Errors

Every error that a user or an operator can meet has a code that does not change. Over HTTP it is answered as
\`{ "error": { "code", "message", "remedy", "status" } }\`; commands print the same and exit non-zero. The message
says what exactly was wrong. This page is made by \`node tools/errorsDoc.ts --write\`.

${sections.join('\n')}`
}

if (import.meta.main) {
  const page = errorsPage(await declaredErrors())
  if (process.argv.includes('--write')) writeFileSync(join(ROOT, 'docs', 'errors.md'), page)
  else process.stdout.write(page)
}
