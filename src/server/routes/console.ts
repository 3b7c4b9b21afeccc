import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ConsoleFile, ConsoleFiles } from '../consoleFiles.ts'
import { serverErrors } from '../errors.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/** Serves the built console: its files, and its page for every path that only the page itself knows. */
export function addConsole(app: FastifyTypeBox, directory: string): void {
  const files = new ConsoleFiles(directory)
  const page = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const file = files.page()
    return file === undefined ? sendNotBuilt(reply) : sendFile(request, reply, file, files.policy)
  }
  app.get('/', { schema: { hide: true } }, page)
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.replace(/\?.*/s, '')
    const file = files.page() === undefined ? undefined : files.file(path)
    if (file !== undefined && request.method === 'GET') {
      return sendFile(request, reply, file, files.policy)
    }
    if (wantsPage(request, path)) return page(request, reply)
    throw serverErrors.SERVER_NOT_FOUND(`nothing answers ${request.method} at this path`)
  })
}

function wantsPage(request: FastifyRequest, path: string): boolean {
  if (request.method !== 'GET' || path.startsWith('/v1/') || path.startsWith('/demo/')) return false
  return request.headers.accept?.includes('text/html') ?? false
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ConsoleFile,
  policy: string,
): FastifyReply {
  void reply
    .header('etag', file.etag)
    .header('vary', 'Accept-Encoding')
    .header('content-security-policy', policy)
    .header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
  void reply.header('content-type', file.type)
  const zips = request.headers['accept-encoding']?.includes('gzip') ?? false
  if (!zips || file.gzipped === undefined) return reply.send(file.body)
  return reply.header('content-encoding', 'gzip').send(file.gzipped)
}

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Attune</title>
<h1>Attune is running</h1>
<p>Its console has not been built. Run <code>npm run -w console build</code> and load this page again;
the server need not restart.</p>
<p><a href="/docs">API</a> · <a href="/health">Health</a> · <a href="/metrics">Metrics</a></p></html>`

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    .header('cache-control', 'no-store')
    .send(NOT_BUILT)
}
