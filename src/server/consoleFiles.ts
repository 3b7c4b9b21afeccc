import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'

/** One file of the built console, ready to send. */
export interface ConsoleFile {
  readonly type: string
  readonly body: Buffer
  /** Set where compression pays. */
  readonly gzipped: Buffer | undefined
  readonly etag: string
  /** Its name holds a hash of its content, so that a browser may keep it for ever. */
  readonly immutable: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/**
 * The built console, read whole into memory (a few megabytes): paths are looked up in a map and never
 * joined to a directory, so that no request can name another file. Read anew when index.html changes.
 */
export class ConsoleFiles {
  readonly #directory: string
  #files = new Map<string, ConsoleFile>()
  #policy = ''
  #builtAt = -1

  constructor(directory: string) {
    this.#directory = directory
  }

  /** @param path as in the URL, beginning with a slash */
  file(path: string): ConsoleFile | undefined {
    return this.#files.get(path)
  }

  /** The page itself, or undefined when the console has not been built. */
  page(): ConsoleFile | undefined {
    this.#refresh()
    return this.#files.get('/index.html')
  }

  /** Content-Security-Policy for the page: own files, and the inline scripts that it was built with. */
  get policy(): string {
    return this.#policy
  }

  #refresh(): void {
    const builtAt = modifiedAt(join(this.#directory, 'index.html'))
    if (builtAt === this.#builtAt) return
    this.#builtAt = builtAt
    this.#files = builtAt === 0 ? new Map() : readFiles(this.#directory)
    this.#policy = policyOf(this.#files.get('/index.html')?.body.toString() ?? '')
  }
}

function readFiles(directory: string): Map<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>()
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(`/${relative(directory, path).split(sep).join('/')}`, readConsoleFile(path))
  }
  return files
}

function readConsoleFile(path: string): ConsoleFile {
  const body = readFileSync(path)
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  return {
    type,
    body,
    gzipped: /text|json|svg/.test(type) && body.length > 1_024 ? gzipSync(body) : undefined,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable: /-[\w-]{8,}\.(?:js|css|woff2|svg|png)$/.test(path),
  }
}

/** Mantine sets style attributes, hence 'unsafe-inline' for styles; pictures of a shop come from anywhere. */
function policyOf(html: string): string {
  const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'self'",
    `script-src ${["'self'", ...inline].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https: http:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
