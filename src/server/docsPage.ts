import { createHash } from 'node:crypto'
import { isJsonObject, type Json, type JsonObject } from '../base/index.ts'

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent);
  --soft: color-mix(in srgb, currentColor 6%, transparent); }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0 0 .5rem; } h2 { margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
a { color: LinkText; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .6rem .8rem; overflow-wrap: anywhere; }
details > div { border-top: 1px solid var(--line); padding: .2rem .8rem .8rem; }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
pre { background: var(--soft); border-radius: .4rem; overflow: auto; padding: .7rem; }
.method { display: inline-block; font-weight: 700; min-width: 4.2rem; }
.key { font-size: .8em; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line);
  padding: .25rem .5rem .25rem 0; text-align: left; vertical-align: top; }
`

/** Content-Security-Policy of the page: nothing but its own style. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256')
  .update(STYLE)
  .digest('base64')}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`

interface Operation {
  readonly method: string
  readonly path: string
  readonly about: JsonObject
}

/** The OpenAPI document as one page for people: no script, nothing loaded from elsewhere. */
export function docsPage(document: JsonObject): string {
  const operations = operationsOf(document)
  const tags = list(document['tags']).filter(isJsonObject)
  const info = object(document['info'])
  const sections = tags.map((tag) => tagSection(tag, operations))
  const links = tags.map((tag) => `<a href="#${text(tag['name'])}">${titled(tag)}</a>`)
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Attune API</title>
<style>${STYLE}</style></head><body><header><h1>Attune API</h1>
<p>Version ${text(info['version'])} · <a href="/openapi.json">OpenAPI document</a> · <a href="/">Console</a></p>
<p>${text(info['description'])}</p><nav aria-label="Sections">${links.join('')}</nav></header>
<main>${sections.join('')}</main></body></html>`
}

function operationsOf(document: JsonObject): readonly Operation[] {
  return Object.entries(object(document['paths'])).flatMap(([path, methods]) =>
    Object.entries(object(methods)).map(([method, about]) => ({
      method: method.toUpperCase(),
      path,
      about: object(about),
    })),
  )
}

function tagSection(tag: JsonObject, operations: readonly Operation[]): string {
  const own = operations.filter(({ about }) => list(about['tags']).includes(tag['name'] ?? ''))
  if (own.length === 0) return ''
  const name = text(tag['name'])
  return `<section id="${name}"><h2>${titled(tag)}</h2><p>${text(tag['description'])}</p>${own
    .map(operationBlock)
    .join('')}</section>`
}

function titled(tag: JsonObject): string {
  const name = text(tag['name'])
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function operationBlock({ method, path, about }: Operation): string {
  const key = about['security'] === undefined ? '' : ' <span class="key">key</span>'
  const { description } = about
  const words = description === undefined ? '' : `<p>${text(description)}</p>`
  const rest = `${words}${parameterTable(about)}${bodyBlock(about)}` || '<p>Takes nothing more.</p>'
  return `<details><summary><span class="method">${method}</span> <code>${text(path)}</code>${key}
<br>${text(about['summary'])}</summary><div>${rest}</div></details>`
}

function parameterTable(about: JsonObject): string {
  const parameters = list(about['parameters']).filter(isJsonObject)
  if (parameters.length === 0) return ''
  const rows = parameters.map(
    (
      parameter,
    ) => `<tr><td><code>${text(parameter['name'])}</code></td><td>${text(parameter['in'])}</td>
<td>${text(parameter['description'])} <code>${text(JSON.stringify(parameter['schema'] ?? {}))}</code></td></tr>`,
  )
  return `<table><thead><tr><th>Parameter</th><th>In</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function bodyBlock(about: JsonObject): string {
  const content = object(object(about['requestBody'])['content'])
  const { schema } = object(Object.values(content)[0])
  if (schema === undefined) return ''
  return `<h3>Body</h3><pre tabindex="0"><code>${text(JSON.stringify(schema, null, 2))}</code></pre>`
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c) : ''
}
