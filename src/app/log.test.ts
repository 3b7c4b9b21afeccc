import { describe, expect, it } from 'vitest'
import { defineErrors } from '../base/index.ts'
import { openLog } from './log.ts'

const errors = defineErrors({ TEST_BROKEN: { status: 500, meaning: 'broken', remedy: 'mend' } })

function lines(level: string): { written: string[]; log: ReturnType<typeof openLog> } {
  const written: string[] = []
  const log = openLog(level, { write: (line: string) => void written.push(line) })
  return { written, log }
}

describe('the log', () => {
  it('is one JSON object a line, with level and time', () => {
    const { written, log } = lines('info')
    log.info({ workspace: 'shop' }, 'opened')
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      app: 'attune',
      msg: 'opened',
      workspace: 'shop',
    })
    expect(written[0]).toMatch(/"time":"\d{4}-/)
  })

  it('drops what may be about a person, one level deep as well', () => {
    const { written, log } = lines('info')
    log.info(
      { userId: 'ada', message: { email: 'ada@x.example', traits: { a: 1 } }, url: '/?k=1' },
      'x',
    )
    expect(written[0]).not.toMatch(/ada|traits|k=1/)
  })

  it('writes an error as code and frames, without its text', () => {
    const { written, log } = lines('info')
    const cause = new Error('row of ada@x.example')
    log.error({ err: errors.TEST_BROKEN('person ada@x.example', { cause }) }, 'failed')
    expect(written[0]).not.toContain('ada')
    const { err } = JSON.parse(written[0] ?? '')
    expect(err).toMatchObject({ code: 'TEST_BROKEN', cause: { name: 'Error' } })
    expect(err.frames.join(' ')).toContain('log.test.ts')
  })

  it('keeps to its level', () => {
    const { written, log } = lines('warn')
    log.info('quiet')
    expect(written).toEqual([])
  })
})
