// Lets Node.js read Attune's TypeScript when it is installed as a package: Node strips types from files
// everywhere but inside node_modules.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

const OWN = new URL('../', import.meta.url).href

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith(OWN) || !url.endsWith('.ts')) return nextLoad(url, context)
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'))
    return { format: 'module', source, shortCircuit: true }
  },
})
