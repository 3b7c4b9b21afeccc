import { stateEngines } from '../engines.ts'
import type { StatePut, StateStore } from '../stateStore.ts'
import type { Sandbox } from './sandbox.ts'

/** An engine of the table, by name. */
export type StateEngineName = keyof typeof stateEngines

/** A state in a directory, closed after the test. */
export async function openState(
  name: StateEngineName,
  sandbox: Sandbox,
  directory = sandbox.directory(),
): Promise<StateStore> {
  return sandbox.keep(await stateEngines[name].open(directory))
}

/** A put of a text; undefined deletes. */
export function putOf(kind: string, id: string, text: string | undefined): StatePut {
  return { kind, id, value: text === undefined ? undefined : Buffer.from(text) }
}

/** Bytes as text, for comparing. */
export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString()
}
