import type { FeatureEvent, FeatureState } from './feature.ts'

/** Names a kind of event whose last time is kept. */
export interface RecencySeries {
  readonly id: string
  matches(event: FeatureEvent): boolean
}

/** Last time by series number; NaN: never. */
export type LastTimes = number[]

export interface RecencyState extends FeatureState<LastTimes> {
  /** Time from the newest matching event to `now`, at least 0; undefined: never. */
  since(state: LastTimes, series: string, now: number): number | undefined
}

/** Keeps the newest time of each series; late events never move it back. */
export function recency(id: string, series: readonly RecencySeries[]): RecencyState {
  return {
    id,
    empty: () => series.map(() => Number.NaN),
    write(event, state) {
      for (let i = 0; i < series.length; i++) {
        if ((state[i] as number) >= event.time) continue
        if ((series[i] as RecencySeries).matches(event)) state[i] = event.time
      }
    },
    merge: (survivor, other) =>
      survivor.map((time, i) => {
        const theirs = other[i] as number
        return theirs > time || Number.isNaN(time) ? theirs : time
      }),
    encode(state, writer) {
      for (const time of state) {
        if (Number.isNaN(time)) writer.byte(0)
        else {
          writer.byte(1)
          writer.signed(time)
        }
      }
    },
    decode(reader) {
      const times: number[] = []
      for (let i = 0; i < series.length; i++) {
        times.push(reader.byte() === 0 ? Number.NaN : reader.signed())
      }
      return times
    },
    since(state, name, now) {
      const time = state[series.findIndex((one) => one.id === name)]
      return time === undefined || Number.isNaN(time) ? undefined : Math.max(0, now - time)
    },
  }
}
