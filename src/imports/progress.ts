import { HOUR, MINUTE, SECOND } from '../base/index.ts'

/** How far an import is. */
export interface ImportProgress {
  readonly title: string
  readonly rows: number
  readonly messages: number
  readonly items: number
  readonly rejected: number
  readonly bytesDone: number
  readonly totalBytes: number
  /** What an earlier run had done: it does not count for the rate. */
  readonly startRows: number
  readonly startBytes: number
  readonly elapsedMs: number
}

/** Share done, 0 to 1. */
export function progressShare({ bytesDone, totalBytes }: ImportProgress): number {
  return totalBytes === 0 ? 1 : Math.min(1, bytesDone / totalBytes)
}

/** Rows per second of this run; 0 before the first. */
export function progressRate({ rows, startRows, elapsedMs }: ImportProgress): number {
  return elapsedMs <= 0 ? 0 : ((rows - startRows) * SECOND) / elapsedMs
}

/** Milliseconds that the rest will take at the rate so far; undefined while there is no rate. */
export function timeLeft(progress: ImportProgress): number | undefined {
  const { bytesDone, startBytes, totalBytes, elapsedMs } = progress
  const done = bytesDone - startBytes
  if (done <= 0 || elapsedMs <= 0) return undefined
  return (Math.max(0, totalBytes - bytesDone) * elapsedMs) / done
}

function lengthOfTime(ms: number): string {
  if (ms < MINUTE) return `${Math.ceil(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`
  return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/**
 * One line of text on an import under way: on a terminal a bar, the share, rows, rate and time left, cut to the width;
 * elsewhere the same in words. Without colours and control characters.
 */
export function renderProgress(
  progress: ImportProgress,
  output: { readonly tty: boolean; readonly width: number },
): string {
  const share = progressShare(progress)
  const percent = `${Math.floor(share * 100)} %`
  const left = timeLeft(progress)
  const facts = [
    `${grouped(progress.rows)} rows`,
    `${grouped(progressRate(progress))}/s`,
    ...(progress.rejected > 0 ? [`${grouped(progress.rejected)} rejected`] : []),
    ...(left === undefined || share === 1 ? [] : [`${lengthOfTime(left)} left`]),
  ].join(' · ')
  if (!output.tty) return `${progress.title}: ${percent} · ${facts}`
  const text = ` ${percent.padStart(5)} ${facts}`
  const cells = Math.max(0, Math.min(30, output.width - text.length - 2))
  const full = Math.round(share * cells)
  const bar = cells < 5 ? '' : `[${'#'.repeat(full)}${'-'.repeat(cells - full)}]`
  return (bar + text).slice(0, Math.max(0, output.width))
}
