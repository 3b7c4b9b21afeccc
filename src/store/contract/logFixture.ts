import { logEngines } from '../engines.ts'
import type { EventLog, NewEntry } from '../eventLog.ts'
import type { Sandbox } from './sandbox.ts'

const ALL = { entries: Infinity, bytes: Infinity }

/** An engine of the table, by name. */
export type LogEngineName = keyof typeof logEngines

/** A log in a directory, closed after the test. */
export async function openLog(
  name: LogEngineName,
  sandbox: Sandbox,
  directory = sandbox.directory(),
): Promise<EventLog> {
  return sandbox.keep(await logEngines[name].open(directory))
}

/** An entry whose body is this text. */
export function entryOf(text: string, rest: Partial<NewEntry> = {}): NewEntry {
  return {
    kind: 'messages',
    receivedAt: 1_700_000_000_000,
    count: 1,
    bytes: Buffer.from(text),
    ...rest,
  }
}

/** Bodies of all entries as texts. */
export async function bodies(log: EventLog, from = 1): Promise<string[]> {
  return (await log.read(from, ALL)).map((entry) => Buffer.from(entry.bytes).toString())
}
