import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import { closest, HOUR, isJsonObject } from '../base/index.ts'
import type { TrainingSettings } from './modelling.ts'
import { configErrors } from './errors.ts'

/**
 * Everything that can be set. A start with none of it works. Each option is read, later wins, from
 * the defaults below, `attune.json` in the data directory, the environment (`maxBodyBytes` is
 * `ATTUNE_MAX_BODY_BYTES`) and the command line's flags.
 */
export interface Config {
  /** Directory that holds every workspace, `attune.json` and `server.json`. */
  readonly data: string
  /** Workspace that commands act on; empty: the only one there is. */
  readonly workspace: string
  /** Address to listen on. Anything but loopback makes the server reachable by others. */
  readonly host: string
  /** Port to listen on; 0 picks a free one. */
  readonly port: number
  /** Address at which clients reach the server, such as `https://attune.example`; empty: host and port. */
  readonly publicUrl: string
  /** Largest request body in bytes, before and after decompression. */
  readonly maxBodyBytes: number
  /** Requests per second that one key may make, with a burst of the same size; 0: no limit. */
  readonly keyRequestsPerSecond: number
  /** Bytes in memory, arriving or waiting for the disk, above which new events are refused with 429. */
  readonly maxPendingBytes: number
  /** Request bodies not yet applied to profiles above which new events are refused with 429. */
  readonly maxLagEntries: number
  /** Time a request may take to arrive, milliseconds. */
  readonly requestTimeoutMs: number
  /** Time that requests in flight get to finish at stop, milliseconds. */
  readonly stopTimeoutMs: number
  /** fatal, error, warn, info, debug, trace or silent. */
  readonly logLevel: string
  /** Memory in bytes for profiles kept decoded, per workspace. */
  readonly profileCacheBytes: number
  /** Free bytes on the data disk below which `doctor` warns. */
  readonly diskWarnBytes: number
  /** Hours between two trainings of a workspace's model that nobody asked for; 0: only when asked. */
  readonly trainEveryHours: number
  /** Time that a training may take, milliseconds; then it is ended, and what was served is served on. */
  readonly trainTimeLimitMs: number
  /** Memory in bytes that a training may use while it runs; 0: a quarter of the machine's, at least 2 GiB. */
  readonly trainMemoryBytes: number
  /** Memory in bytes for people's rankings that are kept for decisions, per workspace; about 1.4 KB a person. */
  readonly rankingCacheBytes: number
  /** Longest wait of a decision for the trained model, milliseconds; by its pace so far at most a fifth. Then it is made without. */
  readonly modelWaitMs: number
  /** Seed of the demo's simulated world. */
  readonly demoSeed: number
  /** Simulated people of the demo. */
  readonly demoPeople: number
  /** Items of the demo's shop. */
  readonly demoItems: number
  /** Simulated live events per second of the demo. */
  readonly demoEventsPerSecond: number
}

const MEGABYTE = 1_048_576

export const CONFIG_DEFAULTS = {
  data: './.attune',
  workspace: '',
  host: '127.0.0.1',
  port: 4747,
  publicUrl: '',
  maxBodyBytes: 5 * MEGABYTE,
  keyRequestsPerSecond: 20_000,
  maxPendingBytes: 64 * MEGABYTE,
  maxLagEntries: 500_000,
  requestTimeoutMs: 30_000,
  stopTimeoutMs: 10_000,
  logLevel: 'warn',
  profileCacheBytes: 256 * MEGABYTE,
  diskWarnBytes: 1024 * MEGABYTE,
  trainEveryHours: 24,
  trainTimeLimitMs: 600_000,
  trainMemoryBytes: 0,
  rankingCacheBytes: 144 * MEGABYTE,
  modelWaitMs: 100,
  demoSeed: 7,
  demoPeople: 2_000,
  demoItems: 800,
  demoEventsPerSecond: 4,
} satisfies Config

/** Smallest and largest allowed value of each number. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  port: [0, 65_535],
  maxBodyBytes: [1_024, 8 * MEGABYTE],
  keyRequestsPerSecond: [0, 10_000_000],
  maxPendingBytes: [MEGABYTE, 4_096 * MEGABYTE],
  maxLagEntries: [100, 1_000_000_000],
  requestTimeoutMs: [1_000, 600_000],
  stopTimeoutMs: [0, 600_000],
  profileCacheBytes: [MEGABYTE, 1_048_576 * MEGABYTE],
  diskWarnBytes: [0, Number.MAX_SAFE_INTEGER],
  trainEveryHours: [0, 8_760],
  trainTimeLimitMs: [1_000, 86_400_000],
  trainMemoryBytes: [0, 1_048_576 * MEGABYTE],
  rankingCacheBytes: [0, 1_048_576 * MEGABYTE],
  modelWaitMs: [1, 60_000],
  demoSeed: [0, 4_294_967_295],
  demoPeople: [1, 200_000],
  demoItems: [40, 100_000],
  demoEventsPerSecond: [0, 1_000],
}

/** Numbers that need not be whole. */
const FRACTIONS = new Set(['demoEventsPerSecond', 'trainEveryHours'])

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

type Values = Readonly<Record<string, unknown>>

/** Kind of each option by its name: what the default is. */
const KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries(CONFIG_DEFAULTS).map(([key, value]) => [key, typeof value]),
)

const isConfig = new Ajv().compile<Config>({
  type: 'object',
  required: [...KINDS.keys()],
  properties: Object.fromEntries([...KINDS].map(([key, kind]) => [key, optionSchema(key, kind)])),
})

function optionSchema(key: string, kind: string): object {
  const range = RANGES[key]
  if (range !== undefined) {
    const type = FRACTIONS.has(key) ? 'number' : 'integer'
    return { type, minimum: range[0], maximum: range[1] }
  }
  return key === 'logLevel' ? { enum: LOG_LEVELS } : { type: kind }
}

/** Where configuration comes from besides the defaults; the environment is the process's when not given. */
export interface ConfigSources {
  readonly flags?: Partial<Config>
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The data directory that a command line without or with `--data` means, absolute; nothing is read from it. */
export function dataDirectory(flag: string | undefined): string {
  return resolve(flag ?? (process.env[envName('data')] || CONFIG_DEFAULTS.data))
}

/** Memory of the machine, or of the container. */
function machineBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/** How workspaces train under a configuration. */
export function trainingSettings(config: Config): TrainingSettings {
  return {
    everyMs: config.trainEveryHours * HOUR,
    timeLimitMs: config.trainTimeLimitMs,
    memoryBytes: config.trainMemoryBytes || Math.max(2_048 * MEGABYTE, machineBytes() / 4),
    rankingBytes: config.rankingCacheBytes,
    waitMs: config.modelWaitMs,
  }
}

/**
 * Reads the configuration; paths come back absolute.
 * @throws APP_CONFIG_UNKNOWN, APP_CONFIG_INVALID, APP_CONFIG_UNREADABLE
 */
export function readConfig(sources: ConfigSources = {}): Config {
  const env = envValues(sources.env ?? process.env)
  const flags = dropUndefined(sources.flags ?? {})
  const data = resolve(asText(flags['data'] ?? env['data'] ?? CONFIG_DEFAULTS.data))
  const file = fileValues(join(data, 'attune.json'))
  const merged: Record<string, unknown> = { ...CONFIG_DEFAULTS, ...file, ...env, ...flags, data }
  if (!isConfig(merged)) throw invalidValue(merged)
  return merged
}

function fileValues(path: string): Values {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw configErrors.APP_CONFIG_UNREADABLE(`${path} cannot be read`, { cause: error })
  }
  const values = parseObject(text, path)
  for (const key of Object.keys(values)) {
    if (!Object.hasOwn(CONFIG_DEFAULTS, key)) throw unknownKey(key, path)
    if (key === 'data')
      throw configErrors.APP_CONFIG_INVALID(`data cannot be set in ${path} itself`)
  }
  return values
}

function parseObject(text: string, path: string): Values {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw configErrors.APP_CONFIG_UNREADABLE(`${path} is not JSON`, { cause: error })
  }
  if (!isJsonObject(parsed)) throw configErrors.APP_CONFIG_UNREADABLE(`${path} is not an object`)
  return parsed
}

/** Names the variable of an option: `maxBodyBytes` → `ATTUNE_MAX_BODY_BYTES`. */
export function envName(key: string): string {
  return `ATTUNE_${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`
}

function envValues(env: Readonly<Record<string, string | undefined>>): Values {
  const keys = new Map(Object.keys(CONFIG_DEFAULTS).map((key) => [envName(key), key]))
  const values: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('ATTUNE_') || text === undefined) continue
    const key = keys.get(name)
    if (key === undefined) throw unknownVariable(name, [...keys.keys()])
    values[key] = KINDS.get(key) === 'number' ? toNumber(text) : text
  }
  return values
}

/** Number of a flag or variable; NaN, which no range admits, when the text is not one. */
function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

function invalidValue(values: Values): Error {
  const key = isConfig.errors?.[0]?.instancePath.slice(1) ?? ''
  return configErrors.APP_CONFIG_INVALID(
    `${key} must be ${allowed(key)}, not ${JSON.stringify(values[key])}`,
  )
}

function allowed(key: string): string {
  const range = RANGES[key]
  if (range !== undefined) return `a number from ${range[0]} to ${range[1]}`
  return key === 'logLevel' ? `one of ${LOG_LEVELS.join(', ')}` : `a ${KINDS.get(key)}`
}

function unknownKey(key: string, where: string): Error {
  const meant = closest(key, Object.keys(CONFIG_DEFAULTS))
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  return configErrors.APP_CONFIG_UNKNOWN(`${key} in ${where} is not an option${hint}`)
}

function unknownVariable(name: string, known: readonly string[]): Error {
  const meant = closest(name, known)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  return configErrors.APP_CONFIG_UNKNOWN(`environment variable ${name} is not an option${hint}`)
}

function dropUndefined(flags: Partial<Config>): Values {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
}

function asText(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw configErrors.APP_CONFIG_INVALID('data must be a path')
}
