import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { useSandbox } from './contract/sandbox.ts'
import { lockDirectory } from './directoryLock.ts'

const LOCK = new URL('./directoryLock.ts', import.meta.url).href
const sandbox = useSandbox()

test('a directory has one holder, also within a process, until it is released', async () => {
  const directory = sandbox.directory()
  const lock = await lockDirectory(directory)
  const refusal = {
    code: 'STORE_LOCKED',
    status: 409,
    message: expect.stringContaining(`${process.pid}`),
  }
  await expect(lockDirectory(directory)).rejects.toMatchObject(refusal)
  lock.release()
  lock.release()
  const again = await lockDirectory(directory)
  again.release()
})

test('the lock of a killed process is free at once, and names its holder before', async () => {
  const directory = sandbox.directory()
  const script = `
    const { lockDirectory } = await import(${JSON.stringify(LOCK)})
    await lockDirectory(${JSON.stringify(directory)})
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    const refusal = { code: 'STORE_LOCKED', message: expect.stringContaining(`${child.pid}`) }
    await expect(lockDirectory(directory)).rejects.toMatchObject(refusal)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const lock = await lockDirectory(directory)
  lock.release()
})
