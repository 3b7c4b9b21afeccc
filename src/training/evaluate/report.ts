import { isJsonObject, type Json, type JsonObject } from '../../base/index.ts'
import type { Evaluation, EvaluationReport } from './evaluateModel.ts'
import type { AutoReport } from '../../models/index.ts'
import type { OpenedDataset } from './openDataset.ts'

/** A number for JSON: what is not known is null. Seven digits tell two runs apart. */
function number(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(7)) : null
}

function numbers(values: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, number(value)]))
}

/**
 * The report as one JSON object. Under `transactions` the plain names are those of the first task, and `tasks` holds
 * every one; a metric of another task is also found as `new:recall@10`.
 */
export function reportInJson(dataset: OpenedDataset, report: EvaluationReport): JsonObject {
  const [first, ...others] = report.evaluations
  if (first === undefined) return {}
  const single = evaluationInJson(first)
  const more = others.flatMap(({ task, scores }) =>
    Object.entries(scores.metrics).map(([name, value]): [string, Json] => [
      `${task}:${name}`,
      number(value),
    ]),
  )
  return {
    dataset: dataset.name,
    protocol: dataset.protocol,
    ...single,
    metrics: { ...(single['metrics'] as JsonObject), ...Object.fromEntries(more) },
    peakRssBytes: report.peakRssBytes,
    selectCpuSeconds: number(report.select.cpuSeconds),
    selectWallSeconds: number(report.select.wallSeconds),
    trials: report.trials.map(({ kind, parameters, values, failure }) => ({
      model: kind.name,
      parameters,
      ...(values && { cut: numbers(Object.fromEntries(values)) }),
      ...(failure && { reason: failure.message }),
    })),
    ...(dataset.training.tasks.length > 1 && {
      task: first.task,
      tasks: Object.fromEntries(report.evaluations.map((one) => [one.task, evaluationInJson(one)])),
    }),
    notes: dataset.notes,
  }
}

function evaluationInJson({ kind, parameters, scores, fit, auto }: Evaluation): JsonObject {
  const { exposure, k } = scores
  return {
    model: kind.name,
    parameters,
    blend: auto === undefined ? { [kind.name]: 1 } : numbers(auto.blend),
    ...(auto && { auto: autoInJson(auto) }),
    questions: scores.questions,
    metrics: numbers(scores.metrics),
    intervals: Object.fromEntries(
      Object.entries(scores.intervals).map(([name, ends]) => [name, ends.map(number)]),
    ),
    beyondAccuracy: numbers(
      Object.fromEntries(Object.entries(exposure).map(([name, value]) => [`${name}@${k}`, value])),
    ),
    fitCpuSeconds: number(fit.cpuSeconds),
    fitWallSeconds: number(fit.wallSeconds),
    recommendMs: numbers(scores.recommendMs),
  }
}

function autoInJson({ members, steps, importance }: AutoReport): JsonObject {
  return {
    members: members.map(({ name, parameters, value }) => ({
      model: name,
      parameters,
      cut: number(value),
    })),
    steps: steps.map(({ step, kept, ...values }) => ({ step, kept, ...numbers(values) })),
    importance: numbers(Object.fromEntries(importance.map(({ column, share }) => [column, share]))),
  }
}

/** The report as a table. */
export function reportInWords(dataset: OpenedDataset, report: EvaluationReport): string {
  const parts = report.evaluations.map((one) => evaluationInWords(dataset, one))
  const { select, peakRssBytes } = report
  const rows = [
    ...(report.trials.length > 0
      ? [['choosing', `${seconds(select.cpuSeconds)} CPU, ${report.trials.length} trials`]]
      : []),
    ['peak memory', `${Math.round(peakRssBytes / 1e6).toLocaleString('en-US')} MB`],
  ]
  return [...parts, table(rows), ...dataset.notes.map((note) => `Note: ${note}`)].join('\n')
}

/** Reports of several models on one data set, as JSON, in lines to compare them by. */
export function reportsInWords(reports: readonly JsonObject[]): string {
  const metrics = Object.keys(objectIn(reports[0]?.['metrics'])).slice(0, 3)
  const head = ['model', ...metrics, 'fit CPU s', 'peak MB', 'p50 ms']
  const rows = reports.map((report) => {
    const values = objectIn(report['metrics'])
    return [
      textIn(report['model']),
      ...metrics.map((name) => Number(values[name]).toFixed(4)),
      Number(report['fitCpuSeconds']).toFixed(2),
      String(Math.round(Number(report['peakRssBytes']) / 1e6)),
      Number(objectIn(report['recommendMs'])['p50']).toFixed(2),
    ]
  })
  return [head, ...rows]
    .map(([name = '', ...cells]) => `  ${name.padEnd(18)}${cells.map(cell).join('')}`)
    .join('\n')
}

const cell = (text: string): string => text.padStart(18)

function textIn(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function objectIn(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {}
}

function evaluationInWords({ title, training }: OpenedDataset, one: Evaluation): string {
  const { kind, parameters, scores, fit, task } = one
  const settings = Object.entries(parameters).map(([name, value]) => `${name} ${value}`)
  const head = [
    title,
    ...(training.tasks.length > 1 ? [`task ${task}`] : []),
    kind.name + (settings.length > 0 ? ` (${settings.join(', ')})` : ''),
  ].join(' · ')
  return `${head}\n${table([...metricRows(scores), ...blendRows(one), ...exposureRows(scores), ...costRows(scores, fit)])}`
}

function metricRows({ metrics, intervals, questions }: Evaluation['scores']): string[][] {
  return Object.entries(metrics)
    .filter(([name]) => intervals[name] !== undefined)
    .map(([name, value]) => {
      const [low = 0, high = 0] = intervals[name] ?? []
      const interval = `${low.toFixed(4)} to ${high.toFixed(4)}`
      return [name, value.toFixed(4), `${interval}  (95 % of ${questions.toLocaleString('en-US')})`]
    })
}

function blendRows({ auto }: Evaluation): string[][] {
  if (auto === undefined) return []
  const blend = Object.entries(auto.blend).map(
    ([name, weight]) => `${weight.toPrecision(2)} ${name}`,
  )
  const steps = auto.steps
    .filter(({ step }) => step !== 'best member')
    .map(({ step, gain, error, kept }) => {
      const won = `${gain.toFixed(4)} ± ${error.toFixed(4)}`
      return `${step} ${won}${kept ? '' : ' (left out)'}`
    })
  return [
    ['blend', blend.join(' + ')],
    ...(steps.length > 0 ? [['gains', `${steps.join(', ')} on the cut`]] : []),
  ]
}

function exposureRows({ exposure, k }: Evaluation['scores']): string[][] {
  const told = (value: number): string => (Number.isFinite(value) ? value.toFixed(4) : 'unknown')
  return [
    [`coverage@${k}`, told(exposure.coverage), 'share of the candidates in any list'],
    [`gini@${k}`, told(exposure.gini), '0: all listed alike, 1: the same for everybody'],
    [`novelty@${k}`, told(exposure.novelty), 'mean -log2 of the share of people who had the item'],
    ...(exposure.diversity === undefined
      ? []
      : [[`diversity@${k}`, told(exposure.diversity), 'within a list, by attributes']]),
    [`long tail@${k}`, told(exposure.longTail), 'outside the items that hold 80 % of training'],
  ]
}

function costRows({ recommendMs }: Evaluation['scores'], fit: Evaluation['fit']): string[][] {
  const { p50, p99 } = recommendMs
  return [
    ['fit', seconds(fit.cpuSeconds), `CPU, ${seconds(fit.wallSeconds)} on the clock`],
    [
      'one person',
      `${p50.toFixed(2)} ms`,
      `in the middle, ${p99.toFixed(2)} ms at the 99th of 100`,
    ],
  ]
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`
}

function table(rows: readonly (readonly string[])[]): string {
  return rows
    .map(([name = '', value = '', remark = '']) =>
      `  ${name.padEnd(16)} ${value.padStart(10)}  ${remark}`.trimEnd(),
    )
    .join('\n')
}
