import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const MODULE = new URL('./threadPriority.ts', import.meta.url).href

test.runIf(process.platform === 'linux')('a thread goes behind the others, alone', async () => {
  const before = getPriority()
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     import('${MODULE}').then(({ workLater }) => {
       workLater()
       parentPort.postMessage(require('node:os').getPriority(0))
     })`,
    { eval: true },
  )
  const [inside] = (await once(worker, 'message')) as [number]
  await worker.terminate()
  expect(inside).toBeGreaterThan(before)
  expect(getPriority()).toBe(before)
})
