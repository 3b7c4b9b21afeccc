import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'

/** Structured logger: one JSON object a line. */
export type Logger = PinoLogger

/**
 * Fields that may hold something about a person. They are removed wherever a caller puts them, so that
 * a careless log line cannot leak; `*.` covers one level of nesting.
 */
const PRIVATE_FIELDS = [
  'userId',
  'anonymousId',
  'identifiers',
  'email',
  'phone',
  'traits',
  'properties',
  'context',
  'body',
  'headers',
  'authorization',
  'writeKey',
  'secretKey',
  'token',
  'query',
  'url',
  'ip',
  'remoteAddress',
]

/**
 * Opens the log. Lines carry level, time and what the caller gives, less anything personal; an error is
 * written as its code and stack frames, without its message, because messages quote what was sent.
 * @param destination standard error when not given: standard output belongs to the commands' results
 */
export function openLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { app: 'attune' },
    timestamp: stdTime,
    redact: {
      paths: [...PRIVATE_FIELDS, ...PRIVATE_FIELDS.map((field) => `*.${field}`)],
      remove: true,
    },
    serializers: { err: describeError, error: describeError },
  }
  return pino(options, destination ?? pino.destination({ dest: 2, sync: true }))
}

interface ErrorLine {
  readonly name: string
  readonly code: string | undefined
  readonly frames: readonly string[]
  readonly cause: ErrorLine | undefined
}

function describeError(error: unknown): ErrorLine {
  if (!(error instanceof Error))
    return { name: typeof error, code: undefined, frames: [], cause: undefined }
  const code = 'code' in error ? error.code : undefined
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return {
    name: error.name,
    code: typeof code === 'string' ? code : undefined,
    frames: frames.slice(0, 12).map((line) => line.trim()),
    cause: error.cause === undefined ? undefined : describeError(error.cause),
  }
}

const stdTime = (): string => `,"time":"${new Date().toISOString()}"`
