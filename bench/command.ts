import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { isJsonObject, type JsonObject } from '../src/base/index.ts'

const CLI = join(import.meta.dirname, '..', 'src', 'cli', 'main.mjs')

/** Runs a command on a data directory, beside a server if one is running. @throws when it fails */
export async function command(data: string, ...args: readonly string[]): Promise<JsonObject> {
  const child = spawn(process.execPath, [CLI, ...args, '--data', data, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  const answer: unknown = JSON.parse(output)
  if (code === 0 && isJsonObject(answer)) return answer
  throw new Error(`attune ${args.join(' ')}: ${output}`)
}
