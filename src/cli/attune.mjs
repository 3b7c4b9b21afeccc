#!/usr/bin/env node
// Starts src/cli/main.ts on Node.js 24 or newer: on this process when it is, else on the one that
// `npm install` brought. Plain JavaScript, because older versions cannot read TypeScript.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const NEEDED = 24

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  await import('./main.ts')
} else {
  const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))
  if (existsSync(node)) runOn(node)
  else refuse()
}

/** Runs the same command line on another Node.js and ends as it ends. */
function runOn(node) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 1))
  })
}

function refuse() {
  const message = `Attune needs Node.js ${NEEDED} or newer; this is ${process.versions.node}`
  const remedy = 'Run `npm install` in the repository, which brings a newer one, or install it.'
  const error = { code: 'CLI_OLD_NODE', message, remedy, status: 500 }
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error })}\n`)
  process.stderr.write(`error CLI_OLD_NODE: ${message}\n  ${remedy}\n`)
  process.exitCode = 1
}
