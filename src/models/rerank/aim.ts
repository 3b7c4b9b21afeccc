/**
 * What a list shall be besides relevant. An aim knows what each candidate would add to the list as it stands; the
 * greedy choice takes the candidate with the best sum of relevance and gains.
 *
 * What a candidate adds never grows with the list, so an old gain is a bound: candidates whose bound is too low for the
 * next place need not be brought up to date (Minoux, "Accelerated Greedy Algorithms", 1978), and most never are.
 */
export interface Aim {
  /** By candidate: at least what it would add as the next one, and exactly that after `refresh`. */
  readonly gain: Float64Array
  /** Candidate k is the next item of the list. */
  take(k: number): void
  /** Brings the gain of candidate k up to date; it last was when the list had `since` items. */
  refresh(k: number, since: number): void
}

/** The array when it is long enough, else a longer one: buffers of decisions only grow. */
export function grown(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return array.length >= length ? array : new Float64Array(length)
}
