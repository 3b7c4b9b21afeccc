import type { JsonObject } from '../../base/index.ts'
import { DOCS_POLICY, docsPage } from '../docsPage.ts'
import type { FastifyTypeBox } from '../typebox.ts'

/** The API described: for programs and for people. */
export function addDocumentRoutes(app: FastifyTypeBox): void {
  const hidden = { schema: { hide: true } }
  app.get('/openapi.json', hidden, () => app.swagger())
  app.get('/docs', hidden, (_request, reply) => {
    const document: JsonObject = JSON.parse(JSON.stringify(app.swagger()))
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', DOCS_POLICY)
      .send(docsPage(document))
  })
}
