/**
 * A process that opens a workspace and collects events until it is killed; prints the id of each message
 * once it is acknowledged. Arguments: directory, first number.
 */
import { openEngine } from './openEngine.ts'

const [directory = '', first = '0'] = process.argv.slice(2)
const BATCH = 50

const engine = await openEngine(directory)
for (let n = Number(first); ; n += BATCH) {
  const batch = Array.from({ length: BATCH }, (_, i) => ({
    type: 'track',
    event: 'Product Viewed',
    messageId: `m${n + i}`,
    userId: `person-${(n + i) % 40}`,
    properties: { product_id: `item-${(n * 7 + i) % 90}` },
  }))
  await engine.collect('batch', Buffer.from(JSON.stringify({ batch })))
  process.stdout.write(batch.map(({ messageId }) => `${messageId}\n`).join(''))
  if (n % 500 === 0)
    await engine.decide({ userId: `person-${n % 40}`, placements: ['home-for-you'] })
}
