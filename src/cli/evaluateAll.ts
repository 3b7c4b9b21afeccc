import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { isJsonObject, type JsonObject } from '../base/index.ts'
import { modelNames, reportsInWords } from '../training/index.ts'
import { INSTALLATION } from './installation.ts'
import { objectIn, textIn } from './jsonReading.ts'
import type { Outcome } from './outcome.ts'
import type { Terminal } from './terminal.ts'

/**
 * Evaluates every model on a data set, each in a process of its own: so the memory and the times of one are not those
 * of another, and one that fails does not end the others.
 * @param args of `attune evaluate`, without a model
 */
export async function evaluateAll(args: readonly string[], terminal: Terminal): Promise<Outcome> {
  const results: JsonObject[] = []
  const passedOver: JsonObject[] = []
  for (const model of modelNames()) {
    const work = evaluateOne([...args, '--model', model, '--json'], terminal)
    const report = await terminal.during(`Evaluating ${model}`, work)
    if (isJsonObject(report['error'])) passedOver.push({ model, ...report['error'] })
    else results.push(report)
  }
  const [first = {}] = results
  const json = {
    dataset: first['dataset'] ?? null,
    protocol: first['protocol'] ?? null,
    results,
    passedOver,
  }
  const reasons = passedOver.map((one) => `${textIn(one['model'])}: ${textIn(one['message'])}`)
  const words = [reportsInWords(results), ...reasons].join('\n')
  return { json, words: terminal.json ? '' : words, exitCode: results.length > 0 ? 0 : 1 }
}

function evaluateOne(args: readonly string[], terminal: Terminal): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [`${INSTALLATION}src/cli/main.mjs`, 'evaluate', ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    createInterface({ input: child.stderr }).on('line', (line) => terminal.say(line))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      try {
        resolve(objectIn(JSON.parse(out)))
      } catch {
        const message = `the process ended with ${signal ?? `exit code ${code}`}`
        resolve({ error: { code: 'CLI_UNEXPECTED', message } })
      }
    })
  })
}
