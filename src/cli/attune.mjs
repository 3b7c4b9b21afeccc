#!/usr/bin/env node
// Starts src/cli/main.mjs on Node.js 24 or newer: in this process when it is, else on the one that
// `npm install` brought. Plain JavaScript, because older versions cannot read TypeScript.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const NEEDED = 24

const isNew = Number(process.versions.node.split('.')[0]) >= NEEDED
const isPackage = import.meta.url.includes('/node_modules/')
const brought = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))

if (isNew && !isPackage) await import('./main.mjs')
else if (isNew) runOn(process.execPath)
else if (existsSync(brought)) runOn(brought)
else refuse()

/** Runs the same command line on another Node.js process and ends as it ends. */
function runOn(node) {
  const main = fileURLToPath(new URL('./main.mjs', import.meta.url))
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit', env: childEnv() })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 1))
  })
}

/** Worker threads are started without flags of their own, and read NODE_OPTIONS all the same. */
function childEnv() {
  if (!isPackage) return process.env
  const reader = new URL('./readTypes.mjs', import.meta.url).href
  const options = [
    process.env.NODE_OPTIONS ?? '',
    `--import=${reader}`,
    '--disable-warning=ExperimentalWarning',
  ]
  return { ...process.env, NODE_OPTIONS: options.join(' ').trim() }
}

function refuse() {
  const message = `Attune needs Node.js ${NEEDED} or newer; this is ${process.versions.node}`
  const remedy = 'Run `npm install` in the repository, which brings a newer one, or install it.'
  const error = { code: 'CLI_OLD_NODE', message, remedy, status: 500 }
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error })}\n`)
  process.stderr.write(`error CLI_OLD_NODE: ${message}\n  ${remedy}\n`)
  process.exitCode = 1
}
