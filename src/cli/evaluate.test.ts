import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attune, attuneJson } from './testing/attune.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-evaluate-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

type Tables = Readonly<Record<string, string | Uint8Array>>

/** A data set folder whose tables are given by role. */
function folder(name: string, protocol: string, tables: Tables): string {
  const path = join(directory, name)
  mkdirSync(path)
  const files = Object.fromEntries(Object.keys(tables).map((role) => [role, `${role}.tsv`]))
  writeFileSync(join(path, 'dataset.json'), JSON.stringify({ name, protocol, files }))
  for (const [role, text] of Object.entries(tables)) writeFileSync(join(path, `${role}.tsv`), text)
  return path
}

/** Forty people of two tastes; what they lack of their taste is the test. */
function tastes(): Tables {
  const pairs = Array.from({ length: 40 }, (_, p) =>
    Array.from({ length: 10 }, (__, k) => ({ p, item: (p % 2) * 10 + k, test: (p + k) % 4 === 0 })),
  ).flat()
  const table = (some: typeof pairs): string =>
    `user\titem\n${some.map(({ p, item }) => `person ${p} 🙂\titem ${item}\n`).join('')}`
  return {
    train: table(pairs.filter(({ test: hidden }) => !hidden)),
    test: table(pairs.filter(({ test: hidden }) => hidden)),
  }
}

describe('attune evaluate', () => {
  test('prints one JSON object with what a comparison needs', async () => {
    const path = folder('json', 'ranking', tastes())
    const { code, json, err } = await attuneJson(
      'evaluate',
      path,
      '-m',
      'item-knn',
      '--threads',
      '1',
    )
    expect(code).toBe(0)
    expect(json).toMatchObject({
      dataset: 'json',
      protocol: 'ranking',
      model: 'item-knn',
      blend: { 'item-knn': 1 },
      questions: 40,
      metrics: { 'recall@20': 1, 'ndcg@20': 1, 'coverage@20': 1 },
      recommendMs: { p50: expect.any(Number), p99: expect.any(Number) },
      fitCpuSeconds: expect.any(Number),
      fitWallSeconds: expect.any(Number),
      peakRssBytes: expect.any(Number),
      selectCpuSeconds: expect.any(Number),
    })
    expect(json['intervals']).toMatchObject({ 'ndcg@20': [1, 1] })
    expect(json['trials']).not.toEqual([])
    expect(err).toMatch(/item-knn.*ndcg@20 on the cut/)
  })

  test('prints a table for people', async () => {
    const path = folder('table', 'ranking', tastes())
    const { code, out } = await attune(['evaluate', path, '-m', 'popularity'])
    expect(code).toBe(0)
    for (const row of [
      'recall@20',
      'gini@20',
      'novelty@20',
      'long tail@20',
      'fit',
      'peak memory',
    ]) {
      expect(out).toContain(row)
    }
    expect(out).toMatch(/ndcg@20 +0\.\d{4} +0\.\d{4} to 0\.\d{4}/)
  })

  test('gives the same measures from the same seed', async () => {
    const path = folder('seed', 'ranking', tastes())
    const ask = () => attuneJson('evaluate', path, '-m', 'user-knn', '--seed', '7')
    const [a, b] = [await ask(), await ask()]
    expect(a.json['metrics']).toEqual(b.json['metrics'])
    expect(a.json['intervals']).toEqual(b.json['intervals'])
    expect(a.json['trials']).toEqual(b.json['trials'])
  })

  test('with --params takes these parameters and chooses nothing', async () => {
    const path = folder('params', 'ranking', tastes())
    const params = '{"oncePerPerson":true}'
    const { json } = await attuneJson('evaluate', path, '-m', 'popularity', '--params', params)
    expect(json).toMatchObject({ parameters: { oncePerPerson: true }, trials: [] })
  })

  test('takes the members of auto from --params, and a task only where there is one', async () => {
    const path = folder('members', 'ranking', tastes())
    const params = JSON.stringify({ members: '[{"name":"item-knn"},{"name":"popularity"}]' })
    const { json } = await attuneJson('evaluate', path, '--params', params)
    expect(Object.keys(json['blend'] as object)).toEqual(expect.arrayContaining(['item-knn']))
    const wrong = await attune(['evaluate', path, '-m', 'popularity', '--task', 'new'])
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.err).toMatch(/CLI_BAD_ARGUMENT.*has only: all/s)
  })

  test('asks transactions for both tasks, or for one', async () => {
    const lines = Array.from({ length: 30 }, (_, k) =>
      [`${k}`, `i${k % 7}`, 1, `2020-01-${10 + (k % 20)}T00:00:00`, 2, `c${k % 3}`].join('\t'),
    )
    const header = 'invoice\titem\tquantity\ttime\tunit_price\tcustomer'
    const transactions = [header, ...lines].join('\n')
    const path = folder('shop', 'transactions', { transactions })
    const both = await attuneJson('evaluate', path, '-m', 'popularity')
    expect(both.json).toMatchObject({
      task: 'all',
      metrics: { 'recall@10': expect.any(Number), 'new:recall@10': expect.any(Number) },
      tasks: { all: { metrics: {} }, new: { metrics: {} } },
    })
    const one = await attuneJson('evaluate', path, '-m', 'popularity', '--task', 'new')
    expect(one.json['task']).toBe('new')
    expect(Object.keys(one.json['tasks'] as object)).toEqual(['new'])
  })
})

describe('what cannot be evaluated is said', () => {
  const train = 'user\titem\na\tx\nb\ty\n'
  const pairs = Array.from({ length: 9_000 }, (_, k) => `u${k * 31}\ti${k * 17}`).join('\n')
  const packed = gzipSync(`user\titem\n${pairs}`)
  const cut = packed.subarray(0, packed.length >> 1)

  test.each<[string, Tables, string, RegExp]>([
    ['empty', { train: 'user\titem\n', test: train }, 'TRAINING_EMPTY_DATA', /train\.tsv/],
    ['no-test-people', { train, test: 'user\titem\n' }, 'TRAINING_NO_TEST_PEOPLE', /nobody/],
    [
      'truncated',
      { train: cut, test: train },
      'IMPORTS_BROKEN_ARCHIVE',
      /train\.tsv after line \d+/,
    ],
    [
      'ragged',
      { train: 'user\titem\na\n', test: train },
      'IMPORTS_RAGGED_ROW',
      /train\.tsv line 2/,
    ],
    ['no-column', { train: 'user\tthing\na\tb\n' }, 'IMPORTS_MISSING_COLUMN', /train\.tsv line 1/],
    ['weights', { train: 'user\titem\tweight\na\tx\t-2\n' }, 'TRAINING_EMPTY_DATA', /train\.tsv/],
  ])('%s', async (name, tables, expected, message) => {
    const { code, json } = await attuneJson(
      'evaluate',
      folder(name, 'ranking', tables),
      '-m',
      'popularity',
    )
    expect(code).toBe(1)
    expect(json['error']).toMatchObject({ code: expected, message: expect.stringMatching(message) })
  })

  test.each([
    ['MODELS_UNKNOWN_MODEL', 1, ['-m', 'astrology']],
    ['MODELS_BAD_PARAMETER', 1, ['-m', 'popularity', '--params', '{"colour":1}']],
    ['CLI_BAD_ARGUMENT', 2, ['-m', 'popularity', '--params', '{']],
    ['CLI_BAD_ARGUMENT', 2, ['-m', 'all', '--params', '{}']],
    ['CLI_BAD_ARGUMENT', 2, ['--task', 'some']],
    ['CLI_BAD_ARGUMENT', 2, ['--threads', '0']],
  ])('%s', async (expected, exit, args) => {
    const path = join(directory, 'asked')
    if (args[1] === 'astrology') folder('asked', 'ranking', tastes())
    const { code, json } = await attuneJson('evaluate', path, ...args)
    expect(json['error']).toMatchObject({ code: expected })
    expect(code).toBe(exit)
  })

  test.each<[string, Tables]>([
    ['one person', { train: 'user\titem\na\tx\na\ty\n', test: 'user\titem\na\tz\n' }],
    ['one item', { train: 'user\titem\na\tx\nb\tx\n', test: 'user\titem\nc\tx\n' }],
    ['doubled', { train: `${train}a\tx\na\tx\nb\tx\n`, test: 'user\titem\na\ty\na\ty\n' }],
    [
      'same rating, odd weights',
      {
        train:
          'user\titem\trating\tweight\na\tx\t5\t1e300\na\ty\t5\t-4\nb\tx\t5\t1e-30\nb\ty\t5\t2\n',
        test: 'user\titem\na\ty\n',
      },
    ],
  ])('%s is evaluated all the same, by every model that can', async (name, tables) => {
    const path = folder(name, 'ranking', tables)
    const { code, json } = await attuneJson('evaluate', path, '--threads', '1')
    expect(code).toBe(0)
    const metrics = Object.values(json['metrics'] as Record<string, number>)
    expect(metrics.every((value) => value >= 0 && value <= 1)).toBe(true)
  })
})
