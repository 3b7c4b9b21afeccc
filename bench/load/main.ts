/** The load generator: one job as JSON in, one result as JSON out. A process of its own, so that it shares no thread with what it measures. */
import { generateLoad } from './generator.ts'
import type { LoadJob } from './job.ts'

const job = JSON.parse(process.argv[2] ?? '') as LoadJob
process.stdout.write(`${JSON.stringify(await generateLoad(job))}\n`)
process.exit(0)
