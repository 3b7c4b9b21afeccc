import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type Config,
  CONFIG_DEFAULTS,
  listWorkspaces,
  readWorkspace,
  workspaceDirectory,
} from '../app/index.ts'
import { AttuneError, type JsonObject } from '../base/index.ts'
import { readRuntimeFile, requireFreePort, type RuntimeFile } from '../server/index.ts'
import { CONSOLE_DIRECTORY, installedVersion } from './installation.ts'
import { openWorkspace } from './openWorkspace.ts'
import { ServerClient } from './serverClient.ts'
import { objectIn, textIn } from './jsonReading.ts'
import type { Terminal } from './terminal.ts'

/** What one check found. */
export interface Finding {
  readonly check: string
  readonly state: 'fine' | 'note' | 'wrong'
  readonly detail: string
  /** How to mend it. */
  readonly remedy?: string
}

/**
 * Looks at the installation, the data directory and the running server. Changes nothing.
 * @param deep opens workspaces that no server has, which catches up on what their logs hold
 */
export async function findings(
  config: Config,
  deep: boolean,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const running = readRuntimeFile(config.data)
  return [
    { check: 'attune', state: 'fine', detail: `version ${installedVersion()}` },
    nodeVersion(process.versions.node),
    configuration(config),
    dataDirectory(config.data),
    diskSpace(config),
    consoleBuilt(),
    ...(await server(config, running)),
    ...listWorkspaces(config.data).map((name) => workspaceFile(config, name)),
    ...(await workspacesOf(config, running, deep, terminal)),
  ]
}

function nodeVersion(version: string): Finding {
  const check = 'node'
  if (Number(version.split('.')[0]) >= 24) return { check, state: 'fine', detail: version }
  const remedy = 'Start through npm, which uses the Node.js that `npm install` brought.'
  return { check, state: 'wrong', detail: `${version} is older than 24`, remedy }
}

function configuration(config: Config): Finding {
  const defaults: Readonly<Record<string, unknown>> = CONFIG_DEFAULTS
  const changed = Object.entries(config)
    .filter(([key, value]) => key !== 'data' && value !== defaults[key])
    .map(([key, value]) => `${key}=${textIn(value)}`)
  const detail = changed.length === 0 ? 'defaults' : changed.join(', ')
  return { check: 'configuration', state: 'fine', detail }
}

function dataDirectory(data: string): Finding {
  const check = 'data directory'
  const place = existsSync(data) ? data : dirname(data)
  try {
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    const remedy =
      'Give this user the right to write there, or choose another directory with --data.'
    return { check, state: 'wrong', detail: `${place} cannot be written`, remedy }
  }
  if (existsSync(data)) return { check, state: 'fine', detail: data }
  return { check, state: 'note', detail: `${data} does not exist yet; the first start makes it` }
}

function diskSpace({ data, diskWarnBytes }: Config): Finding {
  const check = 'disk space'
  const place = [data, dirname(data), '/'].find((path) => existsSync(path)) ?? '/'
  const { bavail, bsize } = statfsSync(place)
  const detail = `${((bavail * bsize) / 1e9).toFixed(1)} GB free`
  if (bavail * bsize >= diskWarnBytes) return { check, state: 'fine', detail }
  const remedy = 'Free some space: a full disk answers every event with 503.'
  return { check, state: 'wrong', detail, remedy }
}

function consoleBuilt(): Finding {
  const check = 'console'
  if (existsSync(join(CONSOLE_DIRECTORY, 'index.html')))
    return { check, state: 'fine', detail: 'built' }
  const remedy = 'Run `npm run -w console build`.'
  return { check, state: 'note', detail: 'not built; the API works without it', remedy }
}

async function server(
  config: Config,
  running: RuntimeFile | undefined,
): Promise<readonly Finding[]> {
  const check = 'server'
  if (running === undefined) {
    return [{ check, state: 'note', detail: 'not running' }, await port(config)]
  }
  try {
    await new ServerClient(running).get('/health')
  } catch {
    const detail = `process ${running.pid} does not answer at ${running.url}`
    const remedy = 'Look at its log; if it hangs, stop the process and start it again.'
    return [{ check, state: 'wrong', detail, remedy }]
  }
  return [{ check, state: 'fine', detail: `process ${running.pid} at ${running.url}` }]
}

async function port({ host, port: wanted }: Config): Promise<Finding> {
  const check = 'port'
  try {
    await requireFreePort(host, wanted)
    return { check, state: 'fine', detail: `${wanted} on ${host} is free` }
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error
    const { code, message, remedy } = error
    // Another Attune may well use it: that is nothing wrong with this one.
    if (code !== 'SERVER_PORT_BUSY') return { check, state: 'wrong', detail: message, remedy }
    const detail = `${wanted} on ${host} is in use by another process`
    return { check, state: 'note', detail, remedy: 'Start with another one: --port N.' }
  }
}

function workspaceFile({ data }: Config, name: string): Finding {
  const check = `workspace ${name}`
  const directory = workspaceDirectory(data, name)
  try {
    const { keys } = readWorkspace(directory)
    const open = (statSync(join(directory, 'workspace.json')).mode & 0o077) !== 0
    const detail = `${keys.length} keys`
    if (!open) return { check, state: 'fine', detail }
    const remedy = `Run chmod 600 on ${join(directory, 'workspace.json')}.`
    return { check, state: 'wrong', detail: 'workspace.json can be read by other users', remedy }
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'cannot be read'
    return { check, state: 'wrong', detail, remedy: 'Restore workspace.json from a backup.' }
  }
}

async function workspacesOf(
  config: Config,
  running: RuntimeFile | undefined,
  deep: boolean,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const found: Finding[] = []
  for (const name of listWorkspaces(config.data)) {
    const served = running?.workspaces.includes(name) ?? false
    if (served || deep) found.push(...(await workspaceStatus(config, name, terminal)))
  }
  if (found.length > 0 || listWorkspaces(config.data).length === 0) return found
  const detail = 'not opened, because no server runs; `attune doctor --deep` opens them'
  return [{ check: 'workspaces', state: 'note', detail }]
}

async function workspaceStatus(
  config: Config,
  name: string,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const check = `workspace ${name}`
  try {
    const workspace = await openWorkspace(config, name, terminal)
    try {
      const status = await workspace.status()
      return [
        counts(check, status),
        lag(check, status),
        ...nobody(check, status),
        ...damage(check, status),
      ]
    } finally {
      await workspace.close()
    }
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error
    return [{ check, state: 'wrong', detail: error.message, remedy: error.remedy }]
  }
}

function counts(check: string, status: JsonObject): Finding {
  const { events, persons, items, rejected } = status
  const detail = `${textIn(events)} events, ${textIn(persons)} people, ${textIn(items)} items, ${textIn(rejected)} rejected`
  return { check, state: 'fine', detail }
}

const LATE_MS = 5_000

function lag(check: string, status: JsonObject): Finding {
  const { entries, ms } = objectIn(status['lag'])
  const detail = `profiles are ${textIn(ms)} ms and ${textIn(entries)} requests behind`
  if (Number(ms) < LATE_MS) return { check, state: 'fine', detail }
  const remedy =
    'Wait if an import or a restart is under way; otherwise the machine is too slow for the traffic.'
  return { check, state: 'note', detail, remedy }
}

/** What to say of a workspace that has events and no people; nothing of any other. */
function nobody(check: string, status: JsonObject): readonly Finding[] {
  const { events, persons } = status
  if (Number(events) === 0 || Number(persons) > 0) return []
  const detail = `${textIn(events)} events, but they belong to nobody`
  const remedy =
    'Wait until profiles are up to date; if they are, run `attune rebuild` with the server stopped.'
  return [{ check, state: 'note', detail, remedy }]
}

function damage(check: string, status: JsonObject): readonly Finding[] {
  const found: Finding[] = []
  if (Number(status['corruptEntries']) > 0) {
    const detail = `${textIn(status['corruptEntries'])} log entries are damaged and were left out`
    found.push({
      check,
      state: 'wrong',
      detail,
      remedy: 'Check the disk; restore the log from a backup.',
    })
  }
  if (typeof status['trouble'] === 'string') {
    const remedy = 'It is tried again and again; docs/errors.md says what the code means.'
    found.push({
      check,
      state: 'wrong',
      detail: `profiles stand still: ${status['trouble']}`,
      remedy,
    })
  }
  return found
}
