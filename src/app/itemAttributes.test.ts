import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Catalog } from '../catalog/index.ts'
import { openSqliteState } from '../store/index.ts'
import { itemAttributes } from './itemAttributes.ts'

async function openCatalog(): Promise<Catalog> {
  const directory = mkdtempSync(join(tmpdir(), 'attune-attributes-'))
  const state = await openSqliteState(directory)
  onTestFinished(async () => {
    await state.close()
    rmSync(directory, { recursive: true })
  })
  return Catalog.open(state)
}

test('words of the items become numbers, the same word of two columns two of them', async () => {
  const catalog = await openCatalog()
  const attributes = { mood: 'red', size: 4 }
  catalog.upsert({ id: 'a', title: 'A', brand: 'red', categories: ['x', 'y'], attributes }, 0)
  catalog.intern('unknown')
  catalog.upsert({ id: 'c', title: 'C', brand: 'red', categories: ['y'] }, 0)
  const found = await itemAttributes(catalog, 3)
  expect([...(found?.start ?? [])]).toEqual([0, 4, 4, 6])
  const [red, , y, mood, redAgain, yAgain] = found?.index ?? []
  expect([redAgain, yAgain]).toEqual([red, y])
  expect(new Set([red, y, mood]).size).toBe(3)
  expect(found?.values).toBe(4)
})

test('items without any have none', async () => {
  const catalog = await openCatalog()
  catalog.intern('unknown')
  expect(await itemAttributes(catalog, 1)).toBeUndefined()
})
