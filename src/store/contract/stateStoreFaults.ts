import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countSyncs, killWriter } from './childProcess.ts'
import { fillDisk } from './fullDisk.ts'
import type { Sandbox } from './sandbox.ts'
import { openState, putOf, type StateEngineName, textOf } from './stateFixture.ts'

const KILLS = 3

/** What a state in local files must withstand: kills, power losses and a full disk. */
export function testStateFaults(name: StateEngineName, sandbox: Sandbox): void {
  test('a kill leaves every commit whole or absent, and keeps the acknowledged ones', async () => {
    const directory = sandbox.directory()
    let acknowledged = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const options = { label: '', afterMs: 30 + 40 * kill }
      const lines = await killWriter('state-flood', name, directory, options)
      acknowledged = Number(lines.at(-1))
      const state = await openState(name, sandbox, directory)
      const committed = await state.offset('writer')
      expect(committed).toBeGreaterThanOrEqual(acknowledged)
      const values = (await state.scan('row', '', 100)).map((row) => textOf(row.value))
      expect(new Set(values)).toEqual(new Set([String(committed)]))
      const outbox = await state.outbox('numbers', 1_000_000)
      expect(outbox.map((entry) => Number(textOf(entry.bytes)))).toEqual(
        Array.from({ length: committed }, (_, i) => i + 1),
      )
      await state.close()
    }
    expect(acknowledged).toBeGreaterThan(KILLS)
  })

  test('every commit is synced before it resolves', (context) => {
    const counted = countSyncs('state-sequence', name, sandbox.directory())
    if ('reason' in counted) return context.skip(counted.reason)
    expect(counted).toMatchObject({ writes: 50, unsynced: 0 })
  })

  test('a full disk refuses commits whole, loses none that it accepted, and recovers', async (context) => {
    const disk = sandbox.smallDisk(3 << 20)
    if ('reason' in disk) return context.skip(disk.reason)
    const ballast = join(disk.directory, 'ballast')
    writeFileSync(ballast, Buffer.alloc(1 << 20))
    const state = await openState(name, sandbox, disk.directory)
    let accepted = 0
    const refused = await fillDisk(async (text) => {
      const n = accepted + 1
      await state.commit({ puts: [putOf('k', `id${n}`, text)], offsets: { n } })
      accepted = n
    })
    expect(refused).toMatchObject({ code: 'STORE_DISK_FULL', status: 503 })
    expect(accepted).toBeGreaterThan(3)
    expect([await state.offset('n'), await state.count('k')]).toEqual([accepted, accepted])
    expect(await state.get('k', `id${accepted + 1}`)).toBeUndefined()
    rmSync(ballast)
    await state.commit({ puts: [putOf('k', 'room', 'again')], offsets: { n: accepted + 1 } })
    expect([await state.offset('n'), await state.count('k')]).toEqual([accepted + 1, accepted + 1])
    await state.close()
    const again = await openState(name, sandbox, disk.directory)
    expect(await again.count('k')).toBe(accepted + 1)
    await again.close()
  })
}
