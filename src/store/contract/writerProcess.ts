import { writeSync } from 'node:fs'
import { logEngines, stateEngines } from '../engines.ts'
import type { EventLog } from '../eventLog.ts'

/*
 * A process that writes and tells on stdout what was acknowledged, one line a write, to be killed or traced:
 *   node writerProcess.ts <task> <engine> <directory> <label>
 */
const SEQUENCE = 50
const BURST = 500
const STATE_ROWS = 20
const PAUSE = new Int32Array(new SharedArrayBuffer(4))
const [task = '', engine = '', directory = '', label = ''] = process.argv.slice(2)

/** Synchronous, so that what was acknowledged is out before a kill; the reader may be slow (EAGAIN). */
function acknowledge(id: string): void {
  for (let line = Buffer.from(`${id}\n`); line.length > 0;) {
    try {
      line = line.subarray(writeSync(1, line))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Atomics.wait(PAUSE, 0, 0, 1)
    }
  }
}

async function append(log: EventLog, id: string): Promise<void> {
  const bytes = Buffer.from(JSON.stringify({ id, filling: id.repeat(1 + (id.length % 40)) }))
  await log.append({ kind: 'messages', receivedAt: 0, count: 1, bytes })
  acknowledge(id)
}

/** Writes without end from several hands at once. */
async function floodLog(log: EventLog): Promise<void> {
  const hand = async (h: number): Promise<void> => {
    for (let i = 0; ; i++) await append(log, `${label}-${h}-${i}`)
  }
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(hand))
}

/** Each commit sets every row, the offset and an outbox entry to its own number, and waits for the one before. */
async function writeState(last: number): Promise<void> {
  const state = await stateEngines[engine as keyof typeof stateEngines].open(directory)
  for (let n = (await state.offset('writer')) + 1; n <= last; n++) {
    const value = Buffer.from(String(n))
    const puts = Array.from({ length: STATE_ROWS }, (_, i) => ({ kind: 'row', id: `r${i}`, value }))
    const outbox = [{ topic: 'numbers', bytes: value }]
    await state.commit({ puts, offsets: { writer: n }, outbox })
    acknowledge(String(n))
  }
  await state.close()
}

if (task === 'state-flood') await writeState(Infinity)
else if (task === 'state-sequence') await writeState(SEQUENCE)
else {
  const log = await logEngines[engine as keyof typeof logEngines].open(directory)
  if (task === 'log-flood') await floodLog(log)
  const ids = Array.from(
    { length: task === 'log-burst' ? BURST : SEQUENCE },
    (_, i) => `${label}-${i}`,
  )
  if (task === 'log-burst') await Promise.all(ids.map((id) => append(log, id)))
  else for (const id of ids) await append(log, id)
  await log.close()
}
