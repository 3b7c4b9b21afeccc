import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { artifactEngines } from '../engines.ts'
import { filesOf, type Sandbox, useSandbox } from './sandbox.ts'

/** An engine of the table, by name. */
export type ArtifactEngineName = keyof typeof artifactEngines

/** The promises of the ArtifactStore port, for the test of each adapter. */
export function testArtifactStore(name: ArtifactEngineName): void {
  describe(`artefacts on ${name}`, () => {
    const sandbox = useSandbox()
    testNames(name, sandbox)
    if (artifactEngines[name].capabilities.localFiles) testArtifactFaults(name, sandbox)
  })
}

function testNames(name: ArtifactEngineName, sandbox: Sandbox): void {
  test('puts, replaces, lists and deletes by name, also after reopening', async () => {
    const directory = sandbox.directory()
    const store = await artifactEngines[name].open(directory)
    const large = Buffer.alloc(3_000_000, 'model')
    await store.put('models/for-you/2', Buffer.from('two'))
    await store.put('models/for-you/10', large)
    await store.put('models/empty', Buffer.alloc(0))
    await store.put('models.json', Buffer.from('first'))
    await store.put('models.json', Buffer.from('second'))
    const again = await artifactEngines[name].open(directory)
    expect(await again.list('models/')).toEqual([
      'models/empty',
      'models/for-you/10',
      'models/for-you/2',
    ])
    expect(await again.list('')).toContain('models.json')
    expect(Buffer.compare((await again.get('models/for-you/10')) ?? Buffer.alloc(0), large)).toBe(0)
    expect(await again.get('models/empty')).toHaveLength(0)
    expect(Buffer.from((await again.get('models.json')) ?? []).toString()).toBe('second')
    expect(await again.get('models/for-you')).toBeUndefined()
    await again.delete('models/for-you/10')
    await again.delete('models/for-you/10')
    await again.delete('never/was')
    expect(await again.get('models/for-you/10')).toBeUndefined()
    expect(await again.list('models/for')).toEqual(['models/for-you/2'])
  })

  const bad = [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    '..',
    'a/../b',
    '.hidden',
    'a b',
    'ü',
    'a\\b',
    'a\0',
    'x'.repeat(501),
  ]
  test.each(bad)('refuses the name %j everywhere', async (wrong) => {
    const store = await artifactEngines[name].open(sandbox.directory())
    const refusal = { code: 'STORE_BAD_ARTIFACT_NAME', status: 400 }
    await expect(store.put(wrong, Buffer.from('x'))).rejects.toMatchObject(refusal)
    await expect(store.get(wrong)).rejects.toMatchObject(refusal)
    await expect(store.delete(wrong)).rejects.toMatchObject(refusal)
    expect(await store.list('')).toEqual([])
  })

  test('a name is an artefact or a folder, not both', async () => {
    const store = await artifactEngines[name].open(sandbox.directory())
    await store.put('a/b', Buffer.from('x'))
    for (const clash of ['a', 'a/b/c']) {
      const put = store.put(clash, Buffer.from('y'))
      await expect(put).rejects.toMatchObject({ code: 'STORE_BAD_ARTIFACT_NAME' })
    }
    expect(await store.list('')).toEqual(['a/b'])
  })
}

function testArtifactFaults(name: ArtifactEngineName, sandbox: Sandbox): void {
  test('notices a changed, cut or lengthened file', async () => {
    const directory = sandbox.directory()
    const store = await artifactEngines[name].open(directory)
    await store.put('model', Buffer.from('the weights'))
    const path = filesOf(directory).find((file) => file.endsWith('model')) ?? ''
    const whole = readFileSync(path)
    const flipped = Buffer.from(whole)
    flipped[4] = (flipped[4] ?? 0) ^ 1
    for (const damaged of [flipped, whole.subarray(0, -1), whole.subarray(0, 5), Buffer.alloc(0)]) {
      writeFileSync(path, damaged)
      await expect(store.get('model')).rejects.toMatchObject({ code: 'STORE_CORRUPT_ARTIFACT' })
    }
    writeFileSync(path, whole)
    expect(Buffer.from((await store.get('model')) ?? []).toString()).toBe('the weights')
    appendFileSync(path, 'x')
    await expect(store.get('model')).rejects.toMatchObject({ code: 'STORE_CORRUPT_ARTIFACT' })
  })

  test('a failed put keeps the old bytes, and what a crash left behind is removed', async (context) => {
    const disk = sandbox.smallDisk(1 << 20)
    if ('reason' in disk) return context.skip(disk.reason)
    const store = await artifactEngines[name].open(disk.directory)
    await store.put('model', Buffer.from('old'))
    const put = store.put('model', Buffer.alloc(2 << 20, 'new'))
    await expect(put).rejects.toMatchObject({ code: 'STORE_DISK_FULL', status: 503 })
    expect(Buffer.from((await store.get('model')) ?? []).toString()).toBe('old')
    expect(await store.list('')).toEqual(['model'])
    mkdirSync(join(disk.directory, '.writing'), { recursive: true })
    writeFileSync(join(disk.directory, '.writing', '7'), 'half of a mod')
    await artifactEngines[name].open(disk.directory)
    expect(filesOf(disk.directory)).toHaveLength(1)
  })
}
