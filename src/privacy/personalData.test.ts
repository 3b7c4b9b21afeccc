import { describe, expect, it } from 'vitest'
import type { Json } from '../base/index.ts'
import { erasePerson, exportPerson, type PersonalData } from './index.ts'

class Rows implements PersonalData {
  readonly rows: Map<string, Json>
  broken = false

  constructor(rows: Readonly<Record<string, Json>>) {
    this.rows = new Map(Object.entries(rows))
  }

  async export(pid: string): Promise<Json> {
    return this.rows.get(pid) ?? null
  }

  async erase(pid: string): Promise<void> {
    if (this.broken) throw new Error('disk')
    this.rows.delete(pid)
  }
}

describe('data about a person', () => {
  it('is gathered from all holders and from nobody else', async () => {
    const holders = { profiles: new Rows({ p1: { name: 'A' }, p2: 2 }), mail: new Rows({ p2: 3 }) }
    expect(await exportPerson(holders, 'p1')).toEqual({ profiles: { name: 'A' }, mail: null })
  })

  it('is deleted wherever it can be, and the rest is named', async () => {
    const holders = { a: new Rows({ p: 1, q: 1 }), b: new Rows({ p: 2 }), c: new Rows({ p: 3 }) }
    holders.b.broken = true
    await expect(erasePerson(holders, 'p')).rejects.toMatchObject({
      code: 'PRIVACY_ERASURE_INCOMPLETE',
      message: 'Data about the person is left in: b.',
    })
    expect(await exportPerson(holders, 'p')).toEqual({ a: null, b: 2, c: null })
    holders.b.broken = false
    await erasePerson(holders, 'p')
    expect(await exportPerson(holders, 'p')).toEqual({ a: null, b: null, c: null })
    expect(await exportPerson(holders, 'q')).toMatchObject({ a: 1 })
  })
})
